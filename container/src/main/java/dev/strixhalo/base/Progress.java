package dev.strixhalo.base;

import org.jspecify.annotations.Nullable;

/**
 * Where long work says how far it is. One implementation draws on a terminal, one writes plain lines every few seconds;
 * both are thread-safe, since the nodes are worked on side by side.
 */
public interface Progress {
    /** Says one settled thing; lines of one topic are grouped by showing the topic once. */
    void line(String topic, String text);

    /** Says something that the user should know though the work goes on. */
    void warn(String text);

    /** Begins work that takes a while; it is shown until it is done or closed. */
    Step begin(String topic);

    /** A piece of work under way. */
    interface Step extends AutoCloseable {
        /**
         * How far a part is.
         *
         * @param who   the node or thing that moves, or null when there is only one
         * @param done  bytes so far
         * @param total bytes in all, or −1 when nobody knows
         */
        void bytes(@Nullable String who, long done, long total);

        /** What a part does now, in a few words. */
        void note(@Nullable String who, String text);

        /** Settles the step with what came of it; its time is added by the one who shows it. */
        void done(String text);

        /** Ends the step; without {@link #done} nothing is said of an outcome. */
        @Override
        void close();
    }

    /** Says nothing; for those who only want the result. */
    Progress SILENT = new Progress() {
        @Override
        public void line(String topic, String text) {}

        @Override
        public void warn(String text) {}

        @Override
        public Step begin(String topic) {
            return new Step() {
                @Override
                public void bytes(@Nullable String who, long done, long total) {}

                @Override
                public void note(@Nullable String who, String text) {}

                @Override
                public void done(String text) {}

                @Override
                public void close() {}
            };
        }
    };
}
