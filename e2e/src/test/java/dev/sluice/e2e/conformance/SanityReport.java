package dev.sluice.e2e.conformance;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * What csi-sanity reported of one run.
 *
 * @param failed names of the specs that failed, with what they said
 * @param skipped names of the specs that were not run, with the suite's reason
 */
record SanityReport(int passed, Map<String, String> failed, Map<String, String> skipped) {
    SanityReport {
        failed = Map.copyOf(failed);
        skipped = Map.copyOf(skipped);
    }

    /**
     * @param xml Ginkgo's report in JUnit's format
     * @param output what the suite printed, which tells why there is no report
     */
    static SanityReport parse(String xml, String output) {
        int passed = 0;
        Map<String, String> failed = new TreeMap<>();
        Map<String, String> skipped = new TreeMap<>();
        for (Element spec : elements(document(xml, output).getElementsByTagName("testcase"))) {
            String name = spec.getAttribute("name").replaceFirst("^\\[It] ", "");
            switch (spec.getAttribute("status")) {
                case "passed" -> passed++;
                case "skipped", "pending" -> skipped.put(name, message(spec, "skipped"));
                default -> failed.put(name, message(spec, "failure") + message(spec, "error"));
            }
        }
        return new SanityReport(passed, failed, skipped);
    }

    private static String message(Element spec, String kind) {
        return elements(spec.getElementsByTagName(kind)).stream()
                .map(element -> element.getAttribute("message").replaceFirst("^skipped - ", ""))
                .findFirst()
                .orElse("");
    }

    private static List<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(index -> (Element) nodes.item(index))
                .toList();
    }

    private static Element document(String xml, String output) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)))
                    .getDocumentElement();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParserConfigurationException | SAXException e) {
            throw new AssertionError("csi-sanity gave no report; it said: " + output, e);
        }
    }
}
