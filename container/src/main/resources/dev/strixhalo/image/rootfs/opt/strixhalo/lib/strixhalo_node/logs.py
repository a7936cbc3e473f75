"""What the parts of a launch said, from the files, in the order of time."""

import argparse
import collections
import heapq
import json
import os
import sys
import time

from strixhalo_node import places, pulse, rccl
from strixhalo_node.journal import SET_ASIDE, launches, moment
from strixhalo_node.refusal import Refusal


def main(arguments):
    parser = argparse.ArgumentParser(prog="strixhalo-node logs")
    parser.add_argument("--lines", type=int, default=200, help="of each part")
    parser.add_argument("--launch", help="an earlier launch; default is the last one")
    parser.add_argument("--follow", action="store_true", help="go on with what comes")
    wanted = parser.parse_args(arguments)
    known = launches(places.LOG)
    launch = wanted.launch or (known[-1] if known else None)
    if launch is None or launch not in known:
        raise Refusal("no-logs", "There are no logs of %s." % (launch or "any launch"), known)
    folder = os.path.join(places.LOG, launch)
    ends = {}
    tails = [_tail(folder, name, wanted.lines, ends) for name in _files(folder)]
    for entry in heapq.merge(*tails, key=lambda entry: entry["time"]):
        _print(entry)
    if wanted.follow:
        pulse.end_without()
        _follow(folder, ends)
    return 0


def _files(folder):
    return sorted(name for name in os.listdir(folder) if name.endswith(".log")) + rccl.files(folder)


def _tail(folder, name, count, ends):
    last = collections.deque(maxlen=max(0, count))
    # What was set aside when the file became too long comes before it.
    for path in (os.path.join(folder, name + SET_ASIDE), os.path.join(folder, name)):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                last.extend(file)
                ends[name] = file.tell()
        except FileNotFoundError:
            continue
    return [_entry(folder, name, line) for line in last]


def _follow(folder, ends):
    """Reads on where the tails ended; a file that begins anew is read from its beginning."""
    while True:
        for name in _files(folder):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                if os.fstat(file.fileno()).st_size < ends.get(name, 0):
                    ends[name] = 0
                file.seek(ends.get(name, 0))
                for line in iter(file.readline, ""):
                    if not line.endswith("\n"):
                        break  # still being written
                    ends[name] = file.tell()
                    _print(_entry(folder, name, line))
        sys.stdout.flush()
        time.sleep(0.5)


def _entry(folder, name, line):
    if name.startswith(rccl.PREFIX):
        # RCCL's lines bear no time; that of the file's last line is the nearest.
        changed = os.path.getmtime(os.path.join(folder, name))
        return {"time": moment(changed), "part": "rccl", "text": line.rstrip("\n")}
    time_of_it, _, text = line.rstrip("\n").partition(" ")
    return {"time": time_of_it, "part": name[: -len(".log")], "text": text}


def _print(entry):
    print(json.dumps(entry))
