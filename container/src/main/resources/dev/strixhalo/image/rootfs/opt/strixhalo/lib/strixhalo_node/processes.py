"""What /proc knows of processes. A process is a pair (pid, start time): a pid alone may be somebody else by now."""

import collections
import os
import re
import socket

LISTEN = "0A"  # TCP_LISTEN, include/net/tcp_states.h
Process = collections.namedtuple("Process", "pid started parent session state")


def read(pid):
    """The process with this pid, or None. ``started`` is in clock ticks since boot (proc(5), field 22 of stat)."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            text = file.read().decode("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold blanks and parentheses itself.
    fields = text[text.rindex(")") + 2 :].split()
    return Process(pid, int(fields[19]), int(fields[1]), int(fields[3]), fields[0])


def alive(identity):
    """Whether exactly this process is there and is not a zombie."""
    process = read(identity[0])
    return process is not None and process.started == identity[1] and process.state not in "ZX"


def all_processes():
    found = (read(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return [process for process in found if process is not None]


def descendants(pids, processes):
    """All of these processes that are below one of the pids, the nearest first, each once."""
    children = collections.defaultdict(list)
    for process in processes:
        children[process.parent].append(process)
    below = [child for pid in pids for child in children.pop(pid, ())]
    for process in below:
        below.extend(children.pop(process.pid, ()))
    return below


def title(pid):
    """The command line as the process itself may have rewritten it, or an empty text."""
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def environment(pid, name):
    """A variable of the environment that the process was started with, or None; it may have written over it."""
    try:
        with open("/proc/%d/environ" % pid, "rb") as file:
            variables = file.read().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None  # gone, or about to be
    start = name.encode() + b"="
    return next((os.fsdecode(variable[len(start) :]) for variable in variables if variable.startswith(start)), None)


def resident_bytes(pid):
    """Memory of its own that this process holds: resident and not backed by a file or by shared memory."""
    try:
        with open("/proc/%d/status" % pid, "rb") as file:
            match = re.search(rb"^RssAnon:\s+(\d+) kB", file.read(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(match.group(1)) * 1024 if match else 0


def shared_memory(pid):
    """Files in /dev/shm that this process has mapped, as {path: [device, inode]}."""
    found = {}
    try:
        with open("/proc/%d/maps" % pid, "rb") as file:
            lines = file.readlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return found  # gone, or about to be: what was seen earlier stays recorded
    for line in lines:
        fields = line.rstrip(b"\n").split(None, 5)
        if len(fields) < 6 or not fields[5].startswith(b"/dev/shm/") or fields[5].endswith(b" (deleted)"):
            continue
        path = os.fsdecode(fields[5])
        try:
            stat = os.stat(path)
        except FileNotFoundError:
            continue
        if stat.st_ino == int(fields[4]):
            found[path] = [stat.st_dev, stat.st_ino]
    return found


def listening(address, port):
    """Whether someone in this network namespace listens at this TCP port, on this address or on all."""
    packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    # /proc/net/tcp writes words of four bytes in the machine's order, here little-endian.
    words = [packed[i : i + 4][::-1].hex().upper() for i in range(0, len(packed), 4)]
    wanted = {"".join(words), "0" * 8, "0" * 32}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table) as file:
                rows = file.readlines()[1:]
        except FileNotFoundError:
            continue  # a kernel without IPv6
        for row in rows:
            fields = row.split()
            at, _, hexadecimal = fields[1].rpartition(":")
            if fields[3] == LISTEN and int(hexadecimal, 16) == port and (at in wanted or not any(packed)):
                return True
    return False
