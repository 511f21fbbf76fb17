package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** What the jars say about their licences, and about those of the libraries that the runnable jar carries. */
class LicencesTest {
    private static String text(JarFile jar, String name) throws IOException {
        ZipEntry entry = jar.getEntry(name);
        assertNotNull(entry, () -> jar.getName() + " has no " + name);
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What a repository asks of a release. */
    @ParameterizedTest
    @ValueSource(strings = {"pom.xml", "java/bom/pom.xml"})
    void thePomsSayWhoseTheyAre(String pom) throws Exception {
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Path.of(pom).toFile());
        XPath xpath = XPathFactory.newInstance().newXPath();
        for (String path : List.of("url", "licenses/license/name", "licenses/license/url", "developers/developer/name",
                "scm/url", "scm/connection")) {
            assertFalse(xpath.evaluate("/project/" + path, document).isBlank(), path);
        }
    }

    @Test
    void everyJarHasTheLicenceAndTheNotice() throws IOException {
        try (Stream<Path> modules = Files.list(Path.of("java"))) {
            List<Path> jars = modules.map(module -> module.resolve("target")).filter(Files::isDirectory)
                    .flatMap(LicencesTest::jars).toList();
            assertTrue(jars.size() >= 5, () -> "too few jars: " + jars);
            for (Path path : jars) {
                try (JarFile jar = new JarFile(path.toFile())) {
                    for (String name : List.of("LICENSE", "NOTICE")) {
                        assertEquals(Files.readString(Path.of(name)), text(jar, "META-INF/" + name), path::toString);
                    }
                }
            }
        }
    }

    private static Stream<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*(?<!-javadoc)\\.jar")).toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows are the lines with four columns: package, artifact, licence, holder. */
    @Test
    void theRunnableJarNamesTheLicenceOfEveryPackageThatItCarriesAndOfNoOther() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("elbo4j.jar"))) {
            String thirdParty = text(jar, "META-INF/THIRD-PARTY.txt");
            List<String[]> rows = thirdParty.lines().map(line -> line.split(" *\\| *"))
                    .filter(columns -> columns.length == 4).toList();
            TreeSet<String> named = new TreeSet<>();
            for (String[] columns : rows) {
                named.add(columns[0].replace('.', '/') + "/");
                assertTrue(columns[2].equals("Apache-2.0")
                        || thirdParty.contains("\n" + columns[2] + ", of " + columns[1] + ":\n"), columns[1]);
            }
            TreeSet<String> carried = new TreeSet<>();
            jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class"))
                    .filter(name -> !name.startsWith("io/elbo4j/"))
                    .forEach(name -> carried.add(named.stream().filter(name::startsWith).findFirst().orElse(name)));
            assertEquals(named, carried);
            String webjars = "META-INF/resources/webjars/";
            assertEquals(List.of("uplot/1.6.30/LICENSE", "uplot/1.6.30/dist/uPlot.iife.min.js",
                    "uplot/1.6.30/dist/uPlot.min.css"), jar.stream().map(ZipEntry::getName).filter(name -> name
                            .startsWith(webjars) && !name.endsWith("/")).map(name -> name.substring(webjars.length()))
                            .sorted().toList());
            assertTrue(thirdParty.contains("\n" + webjars + "uplot is of org.webjars.npm:uplot"));
        }
    }
}
