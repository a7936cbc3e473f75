package dev.strixhalo.registry;

import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;

/** Clients that say nothing, or one byte, in a JVM whose limit for a request is short; tells how many were sent away. */
final class SilentClient {
    private SilentClient() {}

    public static void main(String[] arguments) throws Exception {
        try (var bed = RegistryBed.serving(RegistryContent.of("x"))) {
            var sockets = new ArrayList<Socket>();
            for (int i = 0; i < 40; i++) {
                var socket = new Socket("127.0.0.1", bed.registry.port());
                socket.setSoTimeout(60_000);
                if (i % 2 == 0) socket.getOutputStream().write(0x16); // the first byte of a TLS hello
                sockets.add(socket);
            }
            if (bed.get("/v2/").statusCode() != 200) throw new AssertionError("the silent ones block the others");
            int away = 0;
            for (var socket : sockets) {
                try (socket) {
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream()); // an alert of TLS, if any
                    away++;
                } catch (SocketException e) {
                    away++; // a reset is as good
                }
            }
            System.out.println("sent away: " + away);
        }
    }
}
