package dev.strixhalo.image;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Knocks at a registry before Jib's client does: that one tries ten times, with growing pauses, whatever is wrong, and tells
 * a wrong name, a closed port or an unknown certificate only after 50 seconds (measured with 0.28.1). One knock tells at
 * once and exactly. Behind a proxy it is left out: the answer would be the proxy's.
 */
final class Knock {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int HTTPS = 443;

    private Knock() {}

    /**
     * @param hostAndPort as Jib names a registry
     * @throws IOException when no TLS connection to a trusted host of that name comes about within ten seconds each for
     *     the connection and the handshake
     */
    static void at(String hostAndPort) throws IOException {
        var uri = URI.create("https://" + hostAndPort);
        var selector = ProxySelector.getDefault();
        if (selector != null && selector.select(uri).stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT))
            return;
        // By hand: to URI a name with an underscore has no host.
        int colon = hostAndPort.lastIndexOf(':');
        var host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        int port = colon < 0 ? HTTPS : Integer.parseInt(hostAndPort.substring(colon + 1));
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) throw new UnknownHostException(host + " cannot be resolved");
        try (var plain = new Socket()) {
            plain.connect(address, (int) PATIENCE.toMillis());
            plain.setSoTimeout((int) PATIENCE.toMillis());
            var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            try (var tls = (SSLSocket) factory.createSocket(plain, host, port, true)) {
                var parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                tls.setSSLParameters(parameters);
                tls.startHandshake();
            }
        }
    }
}
