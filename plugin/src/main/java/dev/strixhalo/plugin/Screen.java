package dev.strixhalo.plugin;

import java.time.Duration;
import java.util.List;

/** Where progress is shown: {@link TerminalScreen} draws work under way anew, {@link PlainScreen} logs a line of it now and then. */
interface Screen {
    /** Shows a line that will not change any more. */
    void settled(String line);

    /** Shows a warning. */
    void warning(String line);

    /** Shows what is under way at this moment; called every {@link #pace}, and with nothing when all is done. */
    void underWay(List<StepPart.View> parts);

    /** How often {@link #underWay} is wanted. */
    Duration pace();

    /** Characters that a settled line may have, Maven's prefix not counted. */
    int width();
}
