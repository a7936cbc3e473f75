package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.model;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The second node has one model, Qwen/Qwen3-0.6B at c1899de, which was launched, and two variables. */
class SameEverywhereTest {
    private static final String SAME = "c1899de289a04d12100db370d81485cdf75e47ca";
    private static final String OTHER = "e6de91484c29aa9480d55605af694f39b081c455";

    @Test
    void anotherCommitOfTheLaunchedModelFails() {
        assertThat(finding("same-model", strixHalo())).returns("Qwen/Qwen3-0.6B at c1899de", Finding::found);
        assertThat(finding("same-model", strixHalo().with("models", model("Qwen/Qwen3-0.6B", OTHER))))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("Qwen/Qwen3-0.6B at e6de914", Finding::found)
                .returns("the same commit on all nodes; node2 has c1899de", Finding::wanted)
                .satisfies(f -> assertThat(f.fixes().get(1)).contains("models--Qwen--Qwen3-0.6B/ ~/.cache"));
    }

    @Test
    void anotherCommitOfAModelThatNobodyLaunchedWarns() {
        var idle = strixHalo()
                .with("launch", "{\"about\":{\"model\":\"some/other\"}}")
                .with("models", model("Qwen/Qwen3-0.6B", OTHER));

        assertThat(finding("same-model", idle).verdict()).isEqualTo(Verdict.WARN);
        assertThat(finding("same-model", idle.without("launch")).verdict()).isEqualTo(Verdict.WARN);
        assertThat(finding("same-model", idle.with("launch", "half a rec")).verdict())
                .isEqualTo(Verdict.WARN);
    }

    @Test
    void modelsThatOneNodeAloneHasAreNoDifference() {
        var more = strixHalo().with("models", model("Qwen/Qwen3-0.6B", SAME) + "\n" + model("org/mine--too", OTHER));

        assertThat(finding("same-model", more).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("same-model", strixHalo().with("models", model("org/mine", OTHER))))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("no model lies on two nodes", Finding::found);
    }

    @Test
    void aRefThatNamesNoCommitIsNoModel() {
        assertThat(finding("same-model", strixHalo().with("models", model("Qwen/Qwen3-0.6B", "ref: x"))))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("no model of Hugging Face lies there yet", Finding::found);
    }

    @Test
    void variablesThatDifferAreNamedWithoutTheirValues() {
        var bent = strixHalo()
                .with(
                        "environment",
                        "HF_HUB_ENABLE_HF_TRANSFER " + "3".repeat(64) + "\nNCCL_DEBUG " + "4".repeat(64) + "\nPATH "
                                + "2".repeat(64));

        assertThat(finding("same-environment", strixHalo())).returns("2 variables", Finding::found);
        assertThat(finding("same-environment", bent))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("other than on node2: HF_HUB_ENABLE_HF_TRANSFER NCCL_DEBUG", Finding::found);
        var many = "A 0\nB 0\nC 0\nD 0\nE 0".replace("0", "5".repeat(64));
        assertThat(finding("same-environment", strixHalo().with("environment", many))
                        .found())
                .isEqualTo("other than on node2: A B C and 4 more");
    }
}
