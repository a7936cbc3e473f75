"""One launch on one node: its parts, its secrets, its logs, and what must be gone when it is over."""

import errno
import json
import os
import re
import shutil
import signal
import socket
import sys
import time

from strixhalo_node import memory, places, processes, ray_sessions
from strixhalo_node.journal import Journal, now
from strixhalo_node.part import Part, end
from strixhalo_node.refusal import Refusal
from strixhalo_node.sealed import Sealed

ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4,16}")
KILL_SECONDS = 10
DRAIN_SECONDS = 30
# A follower never comes back: it is the connection of whoever launches. So little time is left when the last one is gone.
LEFT_SECONDS = 10
# For so many looks, two seconds, a new segment's owner is searched for at once; later ones are found with the next deep look.
LOOKS = 8
# What a GPU may still hold beyond what it held before the launch: allocators and the desktop move a little.
DRAIN_SLACK = 1 << 30


class Launch:
    def __init__(self, request):
        if not ID.fullmatch(str(request.get("launch"))):
            raise Refusal("bad-request", "The launch's id is not usable.", [repr(request.get("launch"))])
        self.id = request["launch"]
        self.about = request.get("about", {})
        self.sealed = Sealed()
        self.sealed.clear()
        self.journal = Journal(places.LOG, self.id, self.sealed.hide)
        self.parts = []
        self.ports = []
        self.ready_since = None
        # Seconds that it may go on without being ready and without anybody who waits for that; None: for ever.
        self._lease = request.get("lease")
        self._heard = time.monotonic()
        self.begun = now()
        # What was there before is somebody else's.
        self._looked_for = dict.fromkeys(processes.segments(), LOOKS)
        self._recorded = None
        self._gpu_before = sum(card["used"] for card in memory.of_gpus())

    def start(self, request):
        """Starts the parts that the request adds; all that can be refused is refused before the first of them starts."""
        wanted = [Part(part, self.journal) for part in request.get("parts", [])]
        for part in wanted:
            if any(part.name == other.name for other in self.parts):
                raise Refusal("running", "Part %s was started before." % part.name)
        ports = request.get("ports", [])
        for port in ports:
            _demand_free(port)
        if not self.parts:
            for session in ray_sessions.forget_old():
                self.journal.event("forgotten", folder=session)
        for folder in request.get("erase", []):
            _erase(folder, self.journal)
        for name, value in request.get("secrets", {}).items():
            self.sealed.put(name, value)
        self.about = request.get("about", self.about)
        self.ports += ports
        self._tell()
        for part in wanted:
            part.start(_base_environment())
            self.parts.append(part)

    def ready(self, about):
        """The launch answered a real question; ``about`` says what it became."""
        self.about = about
        self.ready_since = now()
        self._tell()
        self.journal.event("ready")

    def abandoned(self):
        """Whether who was launching it is gone: killed, or cut off. Half a launch would hold memory for nobody."""
        if self._lease is None or self.ready_since is not None:
            return False
        if self.journal.followers > 0:
            self._heard = time.monotonic()
        lease = float(self._lease)
        return time.monotonic() - self._heard > (min(lease, LEFT_SECONDS) if self.journal.was_followed else lease)

    def stop_part(self, name, tick):
        """Ends one part, if there is one of that name; the rest of the launch goes on."""
        self.journal.event("stopping", part=name)
        killed = [pid for part in self.parts if part.name == name for pid, _ in part.end(tick, KILL_SECONDS)]
        left = [pid for part in self.parts if part.name == name for pid, _ in part.living()]
        return {"ok": not left, "launch": self.id, "killed": killed, "left": left}

    def busy(self):
        return any(part.running() or part.living() for part in self.parts)

    def pids(self):
        return [part.pid for part in self.parts]

    def environment(self, name):
        for part in self.parts:
            if part.name == name:
                return dict(_base_environment(), **part.environment)
        raise Refusal("no-part", "This launch has no part %s." % name)

    def tick(self, deep=False):
        for part in self.parts:
            part.poll()
        table = processes.all_processes()
        segments = processes.segments()
        deep = self._fresh(segments) or deep
        for part in self.parts:
            part.look(table, segments if deep else None)
        if deep:
            self._record_leftovers()

    def _fresh(self, segments):
        """Whether someone may have to be found for a segment: who opens one maps it a moment later, and may die soon after."""
        self._looked_for = {inode: self._looked_for.get(inode, 0) + 1 for inode in segments}
        return any(times <= LOOKS for times in self._looked_for.values())

    def stop(self, tick):
        """Ends the parts, the last one first, and says what had to be killed and what could not be removed."""
        self.journal.event("stopping")
        killed = []
        for part in reversed(self.parts):
            killed += [{"part": part.name, "pid": pid} for pid, _ in part.end(tick, KILL_SECONDS)]
        strays, deathless = _kill_strays(tick)
        killed += [{"part": None, "pid": pid} for pid in strays]
        owners = {pid: part.name for part in self.parts for pid, _ in part.living()}
        left = ["process %d of %s" % (pid, owners.get(pid, "no part")) for pid in {*owners, *deathless}]
        left += _remove_shared_memory(self._shared_memory())
        for port in self.ports:
            if processes.listening(port["address"], port["port"]):
                left.append("port %d (%s) is still listening" % (port["port"], port["name"]))
        drained = self._drain()
        self.sealed.clear()
        if not left:
            _forget(places.LEFTOVERS)
            _forget(places.LAUNCH)
        answer = {"ok": not left, "launch": self.id, "killed": killed, "left": left, "gpuDrained": drained}
        if left:
            answer.update(code="not-gone", message="Not everything of launch %s is gone." % self.id, found=left)
        self.journal.event("stopped", killed=len(killed), left=left)
        if not left:
            self.journal.close()
        return answer

    def as_json(self):
        living = [pid for part in self.parts for pid, _ in part.living()]
        return {
            "launch": self.id,
            "about": self.about,
            "begun": self.begun,
            "ready": self.ready_since,
            "followers": self.journal.followers,
            "parts": [part.as_json() for part in self.parts],
            "ranks": [rank for part in self.parts for rank in part.ranks.values()],
            "ports": [dict(port, listening=bool(processes.listening(port["address"], port["port"]))) for port in self.ports],
            "memory": {"processes": memory.of_processes(living), "gpus": memory.of_gpus()},
        }

    @staticmethod
    def clean_leftovers():
        """Removes what a supervisor that was killed had recorded: its launch, and its shared memory."""
        _forget(places.LAUNCH)
        try:
            with open(places.LEFTOVERS) as file:
                recorded = json.load(file)
        except FileNotFoundError:
            return
        for line in _remove_shared_memory(recorded):
            print("strixhalo-node: " + line, file=sys.stderr, flush=True)
        os.unlink(places.LEFTOVERS)

    def _tell(self):
        """Leaves word on the node's disk of what is here, for those who look at the node and not into its container."""
        _replace(places.LAUNCH, {"launch": self.id, "about": self.about, "begun": self.begun, "ready": self.ready_since})

    def _shared_memory(self):
        together = {}
        for part in self.parts:
            together.update(part.shared_memory)
        return together

    def _record_leftovers(self):
        found = self._shared_memory()
        if found != self._recorded:
            _replace(places.LEFTOVERS, found)
            self._recorded = found

    def _drain(self):
        """Waits until the GPUs gave back what this launch held; a start before that fails for want of memory."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while sum(card["used"] for card in memory.of_gpus()) > self._gpu_before + DRAIN_SLACK:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.5)
        return True


def _replace(path, value):
    beside = path + ".new"
    with open(beside, "w") as file:
        json.dump(value, file)
    os.replace(beside, path)


def _forget(path):
    if os.path.exists(path):
        os.unlink(path)


def _base_environment():
    """The container's own environment, with the folder of this Python first: there lie ``ray`` and ``vllm``."""
    environment = dict(os.environ)
    folder = os.path.dirname(sys.executable)
    environment["PATH"] = folder + ":" + environment.get("PATH", "/usr/local/bin:/usr/bin:/bin")
    environment["PYTHONUNBUFFERED"] = "1"
    return environment


def _demand_free(port):
    """Refuses a port that cannot be listened on, before anything was started for it."""
    family = socket.AF_INET6 if ":" in port["address"] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Without this a connection of the launch before, in TIME_WAIT, would look like a taken port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port["address"], port["port"]))
        except OSError as error:
            code = {errno.EADDRINUSE: "port-taken", errno.EADDRNOTAVAIL: "no-such-address"}.get(error.errno, "port-refused")
            raise Refusal(
                code,
                "Port %d on %s (%s) cannot be used." % (port["port"], port["address"], port["name"]),
                [os.strerror(error.errno)],
            )


def _erase(folder, journal):
    path = os.path.expanduser(folder)
    if os.path.realpath(path) in ("/", os.path.realpath(os.path.expanduser("~"))):
        raise Refusal("bad-request", "%s is no cache." % folder)
    if not os.path.isdir(path):
        return
    # The folder itself may be a mount and stays.
    for name in os.listdir(path):
        inner = os.path.join(path, name)
        if os.path.isdir(inner) and not os.path.islink(inner):
            shutil.rmtree(inner)
        else:
            os.unlink(inner)
    journal.event("erased", folder=folder)


def _kill_strays(tick):
    """Ends adopted orphans that belong to no part any more; nobody else's process can be below the supervisor."""
    killed = set()
    deadline = time.monotonic() + KILL_SECONDS
    while True:
        # One may fork while it is looked for, so the last look is the one that finds nobody.
        strays = [process for process in processes.descendants([os.getpid()], processes.all_processes()) if process.state not in "ZX"]
        for process in strays:
            end(process.pid, process.started, signal.SIGKILL)
            killed.add(process.pid)
        if not strays or time.monotonic() > deadline:
            return sorted(killed), [process.pid for process in strays]
        time.sleep(0.05)
        tick()


def _remove_shared_memory(recorded):
    """Unlinks segments by name if they are still the recorded files; returns what could not be removed."""
    left = []
    for path, identity in recorded.items():
        try:
            stat = os.stat(path)
            if [stat.st_dev, stat.st_ino] == identity:
                os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            left.append("%s: %s" % (path, error.strerror))
    return left
