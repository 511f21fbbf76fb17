package io.elbo4j.cli;

import com.google.gson.JsonArray;

/** What Gson has no method for. */
final class Json {
    private Json() {}

    static JsonArray array(int... numbers) {
        JsonArray all = new JsonArray();
        for (int number : numbers) {
            all.add(number);
        }
        return all;
    }
}
