"""The container's main process. It owns every process of a launch, whoever asked for it and however that session ended."""

import contextlib
import ctypes
import importlib.metadata
import json
import os
import signal
import socket
import sys
import threading
import time
import traceback

from strixhalo_node import places
from strixhalo_node.journal import now
from strixhalo_node.launch import Launch
from strixhalo_node.refusal import Refusal

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
TICK_SECONDS = 0.25
# Looking for shared memory reads the maps of every process; while there is nothing new in /dev/shm that need not be often.
DEEP_EVERY = 40


class Supervisor:
    """One launch at a time. Requests come in on threads of their own; one lock guards what they change."""

    def __init__(self):
        self._since = now()
        self._software = {name: _version(name) for name in ("ray", "vllm", "torch")}
        self._lock = threading.RLock()
        self._launch = None
        self._wake = threading.Event()
        self._ending = False
        self._ticks = 0

    def run(self):
        _adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGCHLD, lambda *_: self._wake.set())
        Launch.clean_leftovers()
        door = _door()
        threading.Thread(target=self._answer, args=(door,), name="requests", daemon=True).start()
        print("strixhalo-node: supervisor is ready", flush=True)
        while not self._ending:
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()
            self._tick()
        with self._lock:
            if self._launch is not None:
                self._launch.stop(self._tick)
        door.close()
        os.unlink(places.SOCKET)
        return 0

    def _end(self, *_):
        self._ending = True
        self._wake.set()

    def _tick(self):
        with self._lock:
            self._ticks += 1
            if self._launch is not None:
                self._launch.tick(self._ticks % DEEP_EVERY == 0)
                if self._launch.abandoned():
                    self._launch.journal.event("abandoned")
                    if not self._launch.stop(lambda: self._launch.tick())["left"]:
                        self._launch = None
            _reap(self._launch.pids() if self._launch is not None else ())

    def _answer(self, door):
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return  # closed: the supervisor ends
            threading.Thread(target=self._serve, args=(connection,), name="request", daemon=True).start()

    def _serve(self, connection):
        with connection:
            stream = connection.makefile("rw", encoding="utf-8")
            try:
                request = json.loads(stream.readline())
                with contextlib.closing(self._handle(request)) as answers:
                    for answer in answers:
                        stream.write(json.dumps(answer) + "\n")
                        stream.flush()
            except Refusal as refusal:
                stream.write(json.dumps(refusal.as_json()) + "\n")
                stream.flush()
            except (BrokenPipeError, ConnectionResetError):
                return  # a follower that went away
            except Exception as error:  # a bug of ours must be seen by who asked, and end nothing
                traceback.print_exc()
                stream.write(json.dumps(Refusal("bug", repr(error)).as_json()) + "\n")
                stream.flush()

    def _handle(self, request):
        verb = request.get("verb")
        if verb == "start":
            yield self._start(request)
        elif verb == "status":
            # A stop holds the lock until all is gone; whoever asks meanwhile is told instead of kept.
            if not self._lock.acquire(timeout=3):
                raise Refusal("busy", "The launch is being started or stopped.")
            try:
                yield self._status()
            finally:
                self._lock.release()
        elif verb == "stop":
            yield self._stop(request.get("part"), request.get("launch"))
        elif verb == "ready":
            with self._lock:
                if self._launch is None:
                    raise Refusal("no-launch", "Nothing was launched here.")
                self._launch.ready(request["about"])
                yield {"ok": True}
        elif verb == "environment":
            with self._lock:
                if self._launch is None:
                    raise Refusal("no-launch", "Nothing was launched here.")
                yield {"ok": True, "environment": self._launch.environment(request["part"])}
        elif verb == "follow":
            yield from self._follow(request)
        else:
            raise Refusal("bad-request", "no verb %r" % verb)

    def _start(self, request):
        with self._lock:
            if self._ending:
                raise Refusal("ending", "The container is about to end.")
            if self._launch is not None and self._launch.id != request["launch"]:
                if self._launch.busy():
                    raise Refusal("running", "Launch %s runs here." % self._launch.id, [json.dumps(self._launch.about)])
                # What is left of it is dead; its traces go before anything new comes.
                self._launch.stop(self._tick)
                self._launch = None
            if self._launch is None:
                self._launch = Launch(request)
            self._launch.start(request)
            return self._status()

    def _status(self):
        with self._lock:
            self._tick()
            answer = {"ok": True, "supervisor": {"pid": os.getpid(), "since": self._since}, "launch": None}
            answer["software"] = self._software
            if self._launch is not None:
                answer.update(self._launch.as_json())
            return answer

    def _stop(self, part, only):
        # The lock is held all the while: a start that comes in now waits for a clean floor.
        with self._lock:
            if self._launch is None or only not in (None, self._launch.id):
                # Another launch is somebody else's; who failed to start his own must not end it.
                return {"ok": True, "launch": None, "killed": [], "left": []}
            if part is not None:
                return self._launch.stop_part(part, self._tick)
            stopped = self._launch.stop(self._tick)
            if not stopped["left"]:
                self._launch = None
            return stopped

    def _follow(self, request):
        with self._lock:
            launch = self._launch
        if launch is None:
            raise Refusal("no-launch", "Nothing was launched here.")
        seen = int(request.get("seen", 0))
        with launch.journal.followed():
            while True:
                entries, seen = launch.journal.follow(seen, 2)
                if entries is None:
                    return
                yield from entries
                if not entries:
                    # To write is the only way to notice that nobody reads any more.
                    yield {"time": now(), "event": "still-here"}


def _door():
    os.makedirs(places.RUN, exist_ok=True)
    if os.path.lexists(places.SOCKET):
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.connect(places.SOCKET)
        except OSError:
            os.unlink(places.SOCKET)  # of a supervisor that was killed
        else:
            sys.exit("strixhalo-node: another supervisor answers at " + places.SOCKET)
        finally:
            probe.close()
    door = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        door.bind(places.SOCKET)
    finally:
        os.umask(before)
    door.listen(16)
    return door


def _version(distribution):
    """Its version as installed beside this Python, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _adopt_orphans():
    """What our parts leave behind becomes our child, not that of the container's init, and so stays ours to end."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _reap(parts):
    """Takes the exit codes of adopted children; those of parts are left to the part that waits for them."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None or found.si_pid in parts:
            return
        os.waitpid(found.si_pid, 0)


def main(_):
    return Supervisor().run()
