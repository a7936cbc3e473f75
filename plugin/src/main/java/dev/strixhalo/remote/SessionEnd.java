package dev.strixhalo.remote;

import com.jcraft.jsch.Logger;
import com.jcraft.jsch.Session;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps why JSch gave a session up: its reading thread tells that to the session's logger and to nobody else. */
final class SessionEnd implements Logger {
    private volatile @Nullable Throwable cause;

    private SessionEnd() {}

    /** @param session that has logged in: what goes wrong before is told by its exception */
    static void watch(Session session) {
        session.setLogger(new SessionEnd());
    }

    /** What ended a session that we have not closed, in its own words; known before its channels close. */
    static Optional<String> of(Session session) {
        if (!(session.getLogger() instanceof SessionEnd end)) return Optional.empty();
        return Optional.ofNullable(end.cause)
                .map(cause -> cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    @Override
    public boolean isEnabled(int level) {
        return level >= INFO;
    }

    @Override
    public void log(int level, String message) {
        // Its course in detail.
    }

    @Override
    public void log(int level, String message, @Nullable Throwable why) {
        // What goes wrong while it takes leave is not what ended it.
        if (why != null && cause == null) cause = why;
    }
}
