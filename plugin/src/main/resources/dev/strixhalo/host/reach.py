# Whether the nodes reach high ports of each other: all of them listen and try for a few seconds, then it is over. The seconds
# count from when both are there: a node whose port refuses has perhaps not come yet, and is waited for three times as long.
# Whoever is reached over the fabric tells its address on the LAN, which is tried from there, too. Nothing else is sent.
# Arguments: port, seconds, own fabric address, own LAN address or -, then the fabric addresses of the others.
import socket
import sys
import threading
import time

port, seconds, fabric, lan = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4]
peers = sys.argv[5:]
start = time.monotonic()
patience = start + 3 * seconds
end = start + seconds
listening = threading.Event()
out = threading.Lock()
# Visits over the fabric that ended: once every other node has been here and was reached, nobody needs us any more.
visits = threading.Semaphore(0)


def left():
    return max(0.05, end - time.monotonic())


def stay(until):
    global end
    with out:
        end = max(end, until)


def tell(*words):
    with out:
        print(*words, flush=True)


def greet(client, side):
    """Says where we are on the LAN; the visitor keeps the line until it has tried that as well."""
    if side == "fabric":
        stay(time.monotonic() + seconds)
    with client:
        try:
            client.settimeout(left())
            client.sendall((lan + "\n").encode())
            client.recv(1)
        except OSError:
            pass
    if side == "fabric":
        visits.release()


def listen(address, side):
    try:
        server = socket.create_server((address, port))
    except OSError as e:
        # Where the port is taken, whoever has it is reached in our place.
        tell("listen", side, e.strerror)
        return
    tell("listen", side, "ok")
    if side == "fabric":
        listening.set()
    with server:
        while time.monotonic() < end:
            server.settimeout(left())
            try:
                client, _ = server.accept()
            except OSError:
                continue
            threading.Thread(target=greet, args=(client, side), daemon=True).start()


def connect(address, limit):
    try:
        return socket.create_connection((address, port), limit), "open"
    except socket.timeout:
        return None, "silent"
    except ConnectionRefusedError:
        return None, "refused"
    except OSError as e:
        return None, e.strerror or "failed"


def address_of(line):
    """The LAN address that the other told; nothing where it told none, or where somebody else has the port."""
    try:
        return socket.inet_ntoa(socket.inet_aton(line.recv(64).decode("ascii", "replace").strip()))
    except (OSError, ValueError):
        return None


def visit(peer):
    line, outcome = connect(peer, 1)
    while line is None and time.monotonic() + 0.2 < (patience if outcome == "refused" else start + seconds):
        if outcome == "refused":
            # It may come while we look away.
            stay(min(time.monotonic() + 2, patience))
        time.sleep(0.2)
        line, outcome = connect(peer, 1)
    tell("fabric", peer, outcome)
    if line is None:
        return
    stay(time.monotonic() + seconds)
    with line:
        line.settimeout(left())
        there = address_of(line)
        if there is None or there == peer:
            return
        other, outcome = connect(there, 1)
        if other:
            other.close()
        tell("lan", peer, there, outcome)


for address, side in ((fabric, "fabric"), (lan, "lan")):
    if address != "-" and (side == "fabric" or address != fabric):
        threading.Thread(target=listen, args=(address, side), daemon=True).start()
visitors = [threading.Thread(target=visit, args=(peer,), daemon=True) for peer in peers]
for visitor in visitors:
    visitor.start()
for visitor in visitors:
    visitor.join(3 * seconds + 2)
waited = len(peers)
while waited and listening.is_set() and time.monotonic() < end:
    if visits.acquire(timeout=0.1):
        waited -= 1
