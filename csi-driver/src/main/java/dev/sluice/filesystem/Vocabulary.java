package dev.sluice.filesystem;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Words that are allowed, written as people read them: "noatime commit=&lt;n&gt; data=journal/ordered". A slash stands between
 * alternatives, brackets stand around what may be left out.
 */
public final class Vocabulary {
    private static final int LONGEST_SHOWN = 64;
    private static final Pattern PLACEHOLDER = Pattern.compile("<(n|size|label)>");

    private final String text;
    private final List<Pattern> words;

    Vocabulary(String text) {
        this.text = text;
        this.words = List.of(text.split(" ")).stream().map(Vocabulary::pattern).toList();
    }

    public boolean has(String word) {
        return words.stream().anyMatch(pattern -> pattern.matcher(word).matches());
    }

    private static Pattern pattern(String word) {
        boolean optional = word.endsWith("]");
        int equals = word.indexOf('=');
        if (equals < 0) {
            return Pattern.compile(alternatives(word));
        }
        String name = Pattern.quote(word.substring(0, optional ? equals - 1 : equals));
        String value = "=" + alternatives(word.substring(equals + 1, word.length() - (optional ? 1 : 0)));
        return Pattern.compile(name + (optional ? "(?:" + value + ")?" : value));
    }

    private static String alternatives(String text) {
        return List.of(text.split("/")).stream().map(Vocabulary::literal).collect(Collectors.joining("|", "(?:", ")"));
    }

    private static String literal(String text) {
        StringBuilder regex = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(text);
        int end = 0;
        while (placeholder.find()) {
            regex.append(Pattern.quote(text.substring(end, placeholder.start())));
            regex.append(
                    switch (placeholder.group(1)) {
                        case "n" -> "[0-9]{1,12}";
                        case "size" -> "[0-9]{1,12}[kKmMgG]?";
                        // SELinux: the kubelet names it, in quotes, for its categories have commas between.
                        default -> "\"[A-Za-z0-9_:.,-]{1,256}\"";
                    });
            end = placeholder.end();
        }
        return regex.append(Pattern.quote(text.substring(end))).toString();
    }

    /** Safe in one line of a message. */
    static String printable(String word) {
        String shown = word.length() > LONGEST_SHOWN ? word.substring(0, LONGEST_SHOWN) + "…" : word;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public String toString() {
        return text;
    }
}
