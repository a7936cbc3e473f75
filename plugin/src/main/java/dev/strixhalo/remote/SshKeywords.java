package dev.strixhalo.remote;

import dev.strixhalo.base.Problem;
import dev.strixhalo.remote.SshConfigFile.Line;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of ssh_config(5), OpenSSH 10: honoured, refused by name, or one that changes nothing for us. None is passed
 * over in silence.
 */
final class SshKeywords {
    private static final Set<String> HONOURED = Set.of(
            "hostname",
            "port",
            "user",
            "identityfile",
            "certificatefile",
            "identitiesonly",
            "identityagent",
            "userknownhostsfile",
            "globalknownhostsfile",
            "hostkeyalias",
            "connecttimeout",
            "serveraliveinterval",
            "serveralivecountmax",
            "addressfamily",
            "proxyjump",
            "stricthostkeychecking",
            "ignoreunknown");

    /** Settings that would lead elsewhere or weaken a check if they were ignored, and the value that is harmless. */
    private static final Map<String, Refused> REFUSED = Map.ofEntries(
            refused("proxycommand", "none", "use ProxyJump, which is followed"),
            refused("proxyusefdpass", "no", "use ProxyJump, which is followed"),
            refused("canonicalizehostname", "no", "write the full name into HostName"),
            refused("remotecommand", "none", "take it out for this host; ssh itself refuses a command beside it"),
            refused("sessiontype", "default", "take it out for this host"),
            refused("bindaddress", "", "take it out for this host; the route decides the address"),
            refused("bindinterface", "", "take it out for this host; the route decides the interface"),
            refused("pubkeyauthentication", "yes", "login is by key only: allow it for this host"),
            refused("pkcs11provider", "none", "load the key into the agent: ssh-add -s PROVIDER"),
            refused("securitykeyprovider", "internal", "load the key into the agent: ssh-add"),
            refused("knownhostscommand", "none", "put the host key into ~/.ssh/known_hosts"),
            refused("revokedhostkeys", "none", "mark the keys @revoked in known_hosts, which is followed"));

    /** Settings that change nothing of what we do: terminals, forwards, other ways to log in, how things are shown. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of(("addkeystoagent batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots"
                            + " canonicalizepermittedcnames casignaturealgorithms channeltimeout checkhostip ciphers"
                            + " clearallforwardings compression compressionlevel connectionattempts controlmaster"
                            + " controlpath controlpersist dynamicforward enableescapecommandline enablesshkeysign"
                            + " escapechar exitonforwardfailure fingerprinthash forkafterauthentication forwardagent"
                            + " forwardx11 forwardx11timeout forwardx11trusted gatewayports gssapiauthentication"
                            + " gssapiclientidentity gssapidelegatecredentials gssapikeyexchange gssapikexalgorithms"
                            + " gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hashknownhosts"
                            + " hostbasedacceptedalgorithms hostbasedauthentication hostbasedkeytypes hostkeyalgorithms"
                            + " ipqos kbdinteractiveauthentication kbdinteractivedevices"
                            + " challengeresponseauthentication kexalgorithms localcommand localforward loglevel"
                            + " logverbose macs nohostauthenticationforlocalhost numberofpasswordprompts"
                            + " obscurekeystroketiming passwordauthentication permitlocalcommand permitremoteopen"
                            + " preferredauthentications protocol pubkeyacceptedalgorithms pubkeyacceptedkeytypes"
                            + " rekeylimit remoteforward requesttty requiredrsasize rsaminsize sendenv setenv"
                            + " stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tag tcpkeepalive"
                            + " tunnel tunneldevice updatehostkeys useroaming usekeychain usedns verifyhostkeydns"
                            + " visualhostkey warnweakcrypto xauthlocation")
                    .split(" "));

    private record Refused(String harmless, String fix) {}

    private static Map.Entry<String, Refused> refused(String keyword, String harmless, String fix) {
        return Map.entry(keyword, new Refused(harmless, fix));
    }

    private SshKeywords() {}

    /** What is wrong with a setting that applies to a host, if it cannot be followed. */
    static Optional<Problem> refusal(Line line, String alias, @Nullable Line ignoreUnknown) {
        var refused = REFUSED.get(line.keyword());
        if (refused != null) {
            if (line.value().equalsIgnoreCase(refused.harmless())) return Optional.empty();
            return Optional.of(
                    line.problem("%s of ssh's configuration applies to %s and cannot be followed by this plugin."
                                    .formatted(line.written(), alias))
                            .fix(refused.fix()));
        }
        if (HONOURED.contains(line.keyword())
                || WITHOUT_EFFECT.contains(line.keyword())
                || ignored(line, ignoreUnknown)) {
            return Optional.empty();
        }
        return Optional.of(line.problem("%s, which applies to %s, is no setting of ssh that this plugin knows."
                        .formatted(line.written(), alias))
                .fix("correct it; or, if it changes nothing of which machine is reached, put before it: IgnoreUnknown "
                        + line.written()));
    }

    private static boolean ignored(Line line, @Nullable Line ignoreUnknown) {
        return ignoreUnknown != null
                && HostPatterns.matchAnyCase(
                        List.of(String.join(",", ignoreUnknown.values()).split(",", -1)), line.keyword());
    }
}
