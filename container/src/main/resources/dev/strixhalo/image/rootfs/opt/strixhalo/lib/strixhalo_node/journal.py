"""What happens in a launch, line by line: kept in files per part, and handed to whoever follows."""

import collections
import contextlib
import datetime
import json
import os
import shutil
import threading

# Followers that come late get this many entries; the files hold more.
REMEMBERED = 20000
# A part's file is set aside once when it is this long, so that a service of months does not fill the disk.
FILE_BYTES = 64 * 1024 * 1024
SET_ASIDE = ".1"
KEPT_LAUNCHES = 5


def now():
    """The time in UTC with milliseconds, as it stands in the files."""
    return _written(datetime.datetime.now(datetime.timezone.utc))


def moment(seconds):
    """A time of a file in the same form."""
    return _written(datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc))


def _written(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Journal:
    """Safe for use by the threads of all parts and followers."""

    def __init__(self, folder, launch, hide):
        self.launch = launch
        self._folder = os.path.join(folder, launch)
        self._hide = hide
        self._entries = collections.deque(maxlen=REMEMBERED)
        self._count = 0
        self._files = {}
        self._changed = threading.Condition()
        self._closed = False
        self.followers = 0
        self.was_followed = False
        os.makedirs(self._folder, exist_ok=True)
        _forget_old_launches(folder, launch)

    def line(self, part, text):
        """Something that a part said."""
        self._add(part, {"time": now(), "part": part, "text": self._hide(text)})

    def event(self, event, **more):
        """Something that happened to a part or to the launch."""
        self._add("events", dict({"time": now(), "event": event}, **more))

    @contextlib.contextmanager
    def followed(self):
        """Counts a follower as long as it is there."""
        with self._changed:
            self.followers += 1
            self.was_followed = True
        try:
            yield
        finally:
            with self._changed:
                self.followers -= 1

    def follow(self, seen, seconds):
        """Entries after the first ``seen`` ones and their new count; waits up to ``seconds`` for one. None: no more come."""
        with self._changed:
            self._changed.wait_for(lambda: self._count > seen or self._closed, seconds)
            fresh = self._count - max(seen, self._count - len(self._entries))
            if fresh == 0 and self._closed:
                return None, self._count
            return list(self._entries)[len(self._entries) - fresh :], self._count

    def close(self):
        with self._changed:
            self._closed = True
            for file in self._files.values():
                file.close()
            self._files.clear()
            self._changed.notify_all()

    def _add(self, name, entry):
        text = entry["time"] + " " + (entry["text"] if "text" in entry else _told(entry)) + "\n"
        with self._changed:
            if self._closed:
                return
            self._entries.append(entry)
            self._count += 1
            self._changed.notify_all()
            file = self._files.get(name)
            if file is None:
                file = self._open(name)
            elif file.tell() > FILE_BYTES:
                file.close()
                os.replace(self._path(name), self._path(name) + SET_ASIDE)
                file = self._open(name)
            file.write(text)

    def _open(self, name):
        file = open(self._path(name), "a", encoding="utf-8", errors="replace", buffering=1)
        self._files[name] = file
        return file

    def _path(self, name):
        return os.path.join(self._folder, name + ".log")


def _told(event):
    more = ("%s=%s" % (key, json.dumps(value)) for key, value in event.items() if key not in ("time", "event"))
    return " ".join([event["event"], *more])


def launches(folder):
    """Launches that have a folder of logs, the oldest first; their names begin with their time."""
    if not os.path.isdir(folder):
        return []
    return sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))


def _forget_old_launches(folder, current):
    others = [name for name in launches(folder) if name != current]
    for name in others[: max(0, len(others) - (KEPT_LAUNCHES - 1))]:
        shutil.rmtree(os.path.join(folder, name))
