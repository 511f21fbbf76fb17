package io.elbo4j.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Whole numbers with commas between them. */
record WholeNumbers(List<Integer> all) {
    static WholeNumbers read(String typed) {
        return new WholeNumbers(SettingValue.list(typed));
    }

    int[] array() {
        return all.stream().mapToInt(i -> i).toArray();
    }

    @Override
    public String toString() {
        return all.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
