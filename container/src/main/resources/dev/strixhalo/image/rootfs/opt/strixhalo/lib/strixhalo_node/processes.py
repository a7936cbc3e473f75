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


def segments():
    """All files in /dev/shm by inode, each with its paths: {inode: {path: [device, inode]}}."""
    there = collections.defaultdict(dict)
    for folder, _, names in os.walk("/dev/shm"):
        for name in names:
            path = os.path.join(folder, name)
            try:
                stat = os.lstat(path)
            except FileNotFoundError:
                continue  # it went while we looked
            there[stat.st_ino][path] = [stat.st_dev, stat.st_ino]
    return there


def shared_memory(pid, segments):
    """Which of these segments the process has mapped, as {path: [device, inode]}.

    The path in its maps is the one that it was opened by. glibc makes a semaphore under another name, maps it, links it to
    its own name and removes the first one (sem_open, nptl): so it is the inode that counts.
    """
    found = {}
    try:
        with open("/proc/%d/maps" % pid, "rb") as file:
            lines = file.readlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return found  # gone, or about to be: what was seen earlier stays recorded
    for line in lines:
        fields = line.split(None, 5)
        if len(fields) == 6 and fields[5].startswith(b"/dev/shm/"):
            found.update(segments.get(int(fields[4]), {}))
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
