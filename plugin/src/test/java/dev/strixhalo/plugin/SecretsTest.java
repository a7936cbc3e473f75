package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import java.util.List;
import java.util.Map;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsProblem;
import org.apache.maven.settings.building.SettingsProblem;
import org.apache.maven.settings.crypto.SettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecryptionResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SecretsTest {
    @Test
    void theServerThatThePomNamesWinsOverTheEnvironment() throws StrixhaloException {
        var secrets = secrets("clear", Map.of("KEY", "from the environment"));

        assertThat(secrets.find("API key", "strix-api", "KEY").orElseThrow().reveal())
                .isEqualTo("clear");
        assertThat(secrets.find("API key", null, "KEY").orElseThrow().reveal()).isEqualTo("from the environment");
        assertThat(secrets.find("API key", null, "OTHER")).isEmpty();
        assertThat(secrets.server("API key", "strix-api").user()).isEqualTo("someone");
    }

    @Test
    void aServerThatIsNotThereIsAnErrorEvenIfTheEnvironmentHasAValue() {
        assertThatThrownBy(() -> secrets("x", Map.of("KEY", "y")).find("API key", "strix", "KEY"))
                .hasMessage("The API key is to come from server 'strix' of settings.xml, which has no such server.");
    }

    @Test
    void aServerWithoutPasswordIsSaid() {
        assertThatThrownBy(() -> secrets(null, Map.of()).find("API key", "strix-api", "KEY"))
                .hasMessageStartingWith("Server 'strix-api' of settings.xml has no <password>");
    }

    @Test
    void aPasswordThatCannotBeDecryptedIsNotUsedAsItStands() {
        assertThatThrownBy(() -> secrets("{broken}", Map.of()).find("API key", "strix-api", "KEY"))
                .hasMessage("The password of server 'strix-api' in settings.xml cannot be decrypted.");
    }

    @Test
    void aSecretWithANewlineIsRefusedUnderItsName() {
        assertThatThrownBy(() -> secrets("x", Map.of("HF_TOKEN", "hf_canary\n")).find("token", null, "HF_TOKEN"))
                .hasMessage("The token in $HF_TOKEN holds a line break or another control character.");
    }

    private static Secrets secrets(@Nullable String password, Map<String, String> environment) {
        var server = new Server();
        server.setId("strix-api");
        server.setUsername("someone");
        server.setPassword(password);
        var settings = new Settings();
        settings.addServer(server);
        return new Secrets(settings, SecretsTest::decrypt, environment);
    }

    /** Behaves as Maven's: what is not in braces passes, what cannot be decrypted passes too, with a problem beside it. */
    private static SettingsDecryptionResult decrypt(SettingsDecryptionRequest request) {
        var server = request.getServers().get(0);
        List<SettingsProblem> problems = "{broken}".equals(server.getPassword())
                ? List.of(new DefaultSettingsProblem("bad key", SettingsProblem.Severity.ERROR, "", -1, -1, null))
                : List.of();
        return new SettingsDecryptionResult() {
            @Override
            public Server getServer() {
                return server;
            }

            @Override
            public List<Server> getServers() {
                return List.of(server);
            }

            @Override
            public org.apache.maven.settings.@Nullable Proxy getProxy() {
                return null;
            }

            @Override
            public List<org.apache.maven.settings.Proxy> getProxies() {
                return List.of();
            }

            @Override
            public List<SettingsProblem> getProblems() {
                return problems;
            }
        };
    }
}
