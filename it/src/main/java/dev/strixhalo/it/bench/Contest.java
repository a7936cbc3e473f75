package dev.strixhalo.it.bench;

/** Something that we do and that others do, too; rounds of one contest follow each other. */
interface Contest {
    /** One word for the command line. */
    String name();

    /** Makes what a user has already; no clock runs. */
    void prepare(Course course) throws Exception;

    /**
     * Lets both sides run once and notes their figures; whoever did not do what was to be done ends the benchmark.
     *
     * @param number of the round, from 1
     */
    void round(int number, Course course, Scores scores) throws Exception;
}
