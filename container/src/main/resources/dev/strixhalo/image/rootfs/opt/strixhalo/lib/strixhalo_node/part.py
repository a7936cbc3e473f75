"""One program of a launch, for example Ray or vLLM, with all that it starts in turn."""

import os
import re
import signal
import subprocess
import threading
import time

from strixhalo_node import processes
from strixhalo_node.journal import now
from strixhalo_node.refusal import Refusal

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LINE_BYTES = 8192
# In the environment of everything that a part starts.
TAG = "STRIXHALO_PART"


class Part:
    """Started once, ended once. ``poll`` and ``look`` are called several times a second by the supervisor's main loop."""

    def __init__(self, wanted, journal):
        for field, kind in (("name", str), ("argv", list), ("environment", dict)):
            if not isinstance(wanted.get(field), kind):
                raise Refusal("bad-request", "A part lacks %s." % field)
        if not NAME.fullmatch(wanted["name"]) or not wanted["argv"]:
            raise Refusal("bad-request", "A part's name or argv is not usable.", [repr(wanted["name"])])
        self.name = wanted["name"]
        self.argv = [str(word) for word in wanted["argv"]]
        self.environment = {str(k): str(v) for k, v in wanted["environment"].items()}
        self.grace = float(wanted.get("grace", 20))
        self._noise = re.compile(wanted["noise"]) if wanted.get("noise") else None
        self._rank_title = re.compile(wanted["ranks"]) if wanted.get("ranks") else None
        self._journal = journal
        self._process = None
        self._reader = None
        self.since = None
        self.ended = None
        self.family = {}
        self._sessions = set()
        self._parents = {}
        self.ranks = {}
        self.shared_memory = {}

    def start(self, base_environment):
        environment = dict(base_environment, **self.environment)
        environment[TAG] = self.name
        try:
            self._process = subprocess.Popen(
                self.argv,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                # A session of its own: what it signals by group stays within it.
                start_new_session=True,
            )
        except OSError as error:
            raise Refusal("cannot-start", "%s cannot be started." % self.argv[0], [str(error)])
        self.since = now()
        identity = processes.read(self._process.pid)
        if identity is not None:
            self.family[self._process.pid] = identity.started
        self._sessions = {self._process.pid}
        self._reader = threading.Thread(target=self._read, name=self.name + " output", daemon=True)
        self._reader.start()
        self._journal.event("part-started", part=self.name, pid=self._process.pid, argv=self.argv)

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self.ended is None

    def poll(self):
        """Notices that the program itself has ended; comes before the look at all processes, which then shows whom it left."""
        if self.running():
            code = self._process.poll()
            if code is not None:
                self._reader.join(2)
                self.ended = {"time": now(), "code": None if code < 0 else code, "signal": -code if code < 0 else None}
                self._journal.event("part-exited", part=self.name, **_without_time(self.ended))

    def look(self, table, segments):
        """Looks at what became of the rest; ``table`` are all processes, ``segments`` all shared memory or None to leave it."""
        there = {process.pid: process for process in table}
        known = [there[pid] for pid, started in self.family.items() if pid in there and there[pid].started == started]
        nearest = {process.pid: process for process in known}
        nearest.update((process.pid, process) for process in table if process.pid not in nearest and self._bereaved(process))
        found = [*nearest.values(), *processes.descendants(nearest, table)]
        self._sessions = {process.session for process in found} or self._sessions
        for process in found:
            self.family[process.pid] = process.started
            if self._rank_title is not None:
                # As it was first seen: who loses its parent gets another one.
                self._parents.setdefault((process.pid, process.started), process.parent)
        if self._rank_title is not None:
            self._look_at_ranks()
        else:
            # A service of months starts many short-lived helpers; who is gone needs no remembering.
            self.family = {pid: started for pid, started in self.family.items() if processes.alive((pid, started))}
        if segments is not None:
            self.shared_memory = {path: file for path, file in self.shared_memory.items() if _is_there(path, file)}
            self._note_shared_memory(segments)

    def _bereaved(self, process):
        """Whether it is ours though its parent was gone before it was first seen: then it is the supervisor's child now."""
        if process.parent != os.getpid():
            return False
        # A daemon has a session of its own, a rank may have written over its environment; to do both takes longer than a look.
        return process.session in self._sessions or processes.environment(process.pid, TAG) == self.name

    def _note_shared_memory(self, segments):
        for pid, _ in self.living():
            self.shared_memory.update(processes.shared_memory(pid, segments))

    def _look_at_ranks(self):
        for pid, started in list(self.family.items()):
            known = self.ranks.get((pid, started))
            if not processes.alive((pid, started)):
                if known is None:
                    del self.family[pid]
                    self._parents.pop((pid, started), None)
                elif known["ended"] is None:
                    known["ended"] = now()
                    self._journal.event("rank-gone", part=self.name, pid=pid, title=known["title"])
            elif known is None:
                title = processes.title(pid)
                # Between fork and exec a helper of a rank bears the rank's title; its end is no rank's end.
                if self._rank_title.search(title) and not self._below_a_rank((pid, started)):
                    self.ranks[(pid, started)] = {"pid": pid, "title": title[:80], "since": now(), "ended": None}
                    self._journal.event("rank-seen", part=self.name, pid=pid, title=title[:80])

    def _below_a_rank(self, identity):
        return self._parents.get(identity) in [pid for pid, _ in self.ranks]

    def living(self):
        """Every process of this part that is still there, as (pid, start time)."""
        return [identity for identity in self.family.items() if processes.alive(identity)]

    def end(self, tick, kill_seconds):
        """Asks it to end, waits its grace, then ends by force whatever is left; returns what had to be killed."""
        tick()
        self._note_shared_memory(processes.segments())
        asked = set()
        deadline = time.monotonic() + self.grace
        while not self._over(tick) and time.monotonic() < deadline:
            # The program ends its own children; when it is gone nobody else would tell them.
            for pid, started in [self._main()] if self.running() else self.living():
                if pid not in asked:
                    end(pid, started, signal.SIGTERM)
                    asked.add(pid)
            _pause(tick)
        killed = {}
        deadline = time.monotonic() + kill_seconds
        while not self._over(tick) and time.monotonic() < deadline:
            for pid, started in self.living():
                end(pid, started, signal.SIGKILL)
                killed[pid] = started
            _pause(tick)
        return list(killed.items())

    def _main(self):
        return self._process.pid, self.family.get(self._process.pid)

    def _over(self, tick):
        if self.running() or self.living():
            return False
        # Who was the last to go may have started another one after the look before.
        tick()
        return not self.living()

    def as_json(self):
        return {
            "name": self.name,
            "pid": self.pid,
            "state": "running" if self.running() else "exited",
            "since": self.since,
            "ended": self.ended,
            "processes": len(self.living()),
        }

    def _read(self):
        """Lines of both streams; a progress bar's carriage returns end a line, too."""
        pending = b""
        while True:
            chunk = self._process.stdout.read1(65536)
            pending += chunk
            pieces = re.split(rb"[\r\n]+", pending)
            pending = pieces.pop()
            if len(pending) > LINE_BYTES or (not chunk and pending):
                pieces.append(pending)
                pending = b""
            for piece in pieces:
                text = COLOUR.sub("", piece.decode("utf-8", "replace")).rstrip()
                if text and not (self._noise and self._noise.search(text)):
                    self._journal.line(self.name, text)
            if not chunk:
                return


def _is_there(path, identity):
    """Whether the path still is the segment that was recorded."""
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return False
    return [stat.st_dev, stat.st_ino] == identity


def _without_time(ended):
    return {key: value for key, value in ended.items() if key != "time"}


def end(pid, started, number):
    """Sends a signal to exactly this process, if it is still there."""
    if started is not None and processes.alive((pid, started)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass  # it ended between the look and the signal


def _pause(tick):
    time.sleep(0.1)
    tick()
