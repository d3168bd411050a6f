package dev.sluice.controller.domain;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Comparator;
import java.util.List;

/**
 * A part of a list ordered by key. The token is the key of the first entry of the next page, so objects that come and go between two
 * pages neither repeat nor shift the others.
 *
 * @param next empty when this is the last page
 */
public record Page<S, T>(List<Stored<S, T>> entries, String next) {

    /** Which part is asked for; limit 0 means all. */
    public record Request(int limit, String token) {
        public Request {
            if (limit < 0) {
                throw new SluiceException(ErrorKind.INVALID, "max_entries cannot be negative");
            }
        }
    }

    static <S, T> Page<S, T> of(List<Stored<S, T>> all, Request request) {
        List<Stored<S, T>> rest = all.stream()
                .filter(each -> each.key().compareTo(request.token()) >= 0)
                .sorted(Comparator.comparing(Stored::key))
                .toList();
        if (request.limit() == 0 || rest.size() <= request.limit()) {
            return new Page<>(rest, "");
        }
        return new Page<>(
                rest.subList(0, request.limit()), rest.get(request.limit()).key());
    }

    static SluiceException badToken() {
        // The specification answers a token that cannot be honoured with ABORTED: the caller starts the list anew.
        return new SluiceException(
                ErrorKind.BUSY, "starting_token is not one that was given out: list again without it");
    }
}
