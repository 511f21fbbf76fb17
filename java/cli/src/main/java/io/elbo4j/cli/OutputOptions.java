package io.elbo4j.cli;

import com.google.gson.JsonElement;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/** How results are printed; the options of every command. */
final class OutputOptions {
    @Option(names = "--json", description = "print one JSON object on standard output, and all else on standard error")
    private boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help and exit")
    private boolean help;

    /** Where text for people goes. */
    PrintStream text(Console console) {
        return json ? console.err() : console.out();
    }

    /** Prints a command's result in the form asked for. */
    void result(Console console, JsonElement object, String forPeople) {
        console.out().println(json ? object.toString() : forPeople);
    }
}
