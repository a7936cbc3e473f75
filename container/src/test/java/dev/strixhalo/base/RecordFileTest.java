package dev.strixhalo.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordFileTest {
    record Sample(String name, int count, Instant at, List<String> layers) {}

    private static final Sample VALUE =
            new Sample("ü ' \" \\", 3, Instant.parse("2026-11-23T10:00:00Z"), List.of("a", "b"));

    @TempDir
    private Path folder;

    private RecordFile<Sample> file;

    @BeforeEach
    void file() {
        file = new RecordFile<>(
                folder.resolve("new/deeper/sample.json"), "strixhalo.sample", 2, Sample.class, "deploy");
    }

    @Test
    void whatWasWrittenIsRead() throws StrixhaloException, IOException {
        file.write(VALUE);

        assertThat(file.read()).isEqualTo(VALUE);
        assertThat(file.path()).content().contains("\"schema\" : 2", "\"at\" : \"2026-11-23T10:00:00Z\"");
        try (var left = Files.list(file.path().getParent())) {
            assertThat(left).as("no temporary file stays").containsExactly(file.path());
        }
    }

    @Test
    void aMissingRecordNamesTheGoalThatMakesIt() throws StrixhaloException {
        assertThat(file.readIfPresent()).isEmpty();
        assertThatThrownBy(file::read)
                .hasMessage("There is no sample.json yet: strixhalo:deploy has not run here.")
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).fixes()).containsExactly("mvn strixhalo:deploy"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\":\"strixhalo.sample\",\"schema\":1} | written by an older version",
                "{\"kind\":\"strixhalo.sample\",\"schema\":3} | written by a newer version",
                "{\"kind\":\"strixhalo.image\",\"schema\":2} | its kind is 'strixhalo.image'",
                "{\"name\":\"x\"} | its kind is ''",
                "[1,2] | it is no JSON object",
                "{\"kind\": | it is no JSON",
                "'' | it is no JSON",
                "{\"kind\":\"strixhalo.sample\",\"schema\":2,\"name\":\"x\"} | count",
                "{\"kind\":\"strixhalo.sample\",\"schema\":2,\"name\":\"x\",\"count\":1,\"at\":0,\"layers\":[],\"more\":1} | more",
            })
    void aForeignRecordIsRefusedWithTheReasonAndTheWayOut(String text, String reason) throws IOException {
        Files.createDirectories(file.path().getParent());
        Files.writeString(file.path(), text);

        assertThatThrownBy(file::read).isInstanceOfSatisfying(StrixhaloException.class, e -> {
            assertThat(e.problems().get(0).found()).singleElement().asString().contains(reason);
            assertThat(e.problems().get(0).fixes()).singleElement().asString().contains("mvn strixhalo:deploy");
        });
    }

    @Test
    void aFolderThatCannotBeMadeIsSaid() throws IOException {
        Files.writeString(folder.resolve("new"), "a file where a folder is to be");

        assertThatThrownBy(() -> file.write(VALUE)).hasMessageContaining("cannot be written");
    }
}
