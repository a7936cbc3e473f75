package dev.strixhalo.verify;

/** A program that measures. */
enum Tool {
    PING("ping", "iputils", "iputils-ping"),
    IPERF3("iperf3", "iperf3", "iperf3"),
    SEND_LAT("ib_send_lat", "perftest", "perftest"),
    WRITE_BW("ib_write_bw", "perftest", "perftest"),
    PYTHON("python3", "python3", "python3");

    private final String program;
    private final String fedora;
    private final String debian;

    Tool(String program, String fedora, String debian) {
        this.program = program;
        this.fedora = fedora;
        this.debian = debian;
    }

    String program() {
        return program;
    }

    /** The package that it comes with. */
    String packageFor(boolean debianLike) {
        return debianLike ? debian : fedora;
    }
}
