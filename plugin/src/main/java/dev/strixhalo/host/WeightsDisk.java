package dev.strixhalo.host;

/**
 * What the weights lie on.
 *
 * @param type     of the file system
 * @param rotating whether the disk turns; false too where that is not known
 */
public record WeightsDisk(String type, boolean rotating) {
    static Reading<WeightsDisk> parse(LookOutput output) {
        return output.reading("weights-disk", "findmnt", answer -> {
            var words = answer.text().split("\\s+");
            if (words.length < 2) return Reading.absent("'findmnt' named no file system");
            boolean rotating = output.find("weights-turns")
                    .map(turns -> turns.text().equals("1"))
                    .orElse(false);
            return Reading.of(new WeightsDisk(words[0], rotating));
        });
    }

    /** Whether it lies on another machine. */
    public boolean remote() {
        return new FileSystem(type, 0).remote();
    }
}
