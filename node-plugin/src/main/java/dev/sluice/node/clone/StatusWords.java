package dev.sluice.node.clone;

import java.util.NoSuchElementException;

/** The words of a status line, one after another. Many lines are read each second: no string is made of a word that is a number. */
final class StatusWords {
    private final String text;
    private int begin;
    private int end;

    StatusWords(String text) {
        this.text = text;
    }

    /** Goes on to the next word. */
    StatusWords next() {
        begin = end;
        while (begin < text.length() && text.charAt(begin) == ' ') {
            begin++;
        }
        if (begin == text.length()) {
            throw new NoSuchElementException("a word after \"" + text + "\"");
        }
        int space = text.indexOf(' ', begin);
        end = space < 0 ? text.length() : space;
        return this;
    }

    boolean is(String word) {
        return end - begin == word.length() && text.startsWith(word, begin);
    }

    long number() {
        return Long.parseLong(text, begin, end, 10);
    }

    int small() {
        return Integer.parseInt(text, begin, end, 10);
    }

    /** Of a word like 7/100: the number before the stroke. */
    long part() {
        return Long.parseLong(text, begin, stroke(), 10);
    }

    /** Of a word like 7/100: the number after the stroke. */
    long whole() {
        return Long.parseLong(text, stroke() + 1, end, 10);
    }

    private int stroke() {
        return text.indexOf('/', begin);
    }
}
