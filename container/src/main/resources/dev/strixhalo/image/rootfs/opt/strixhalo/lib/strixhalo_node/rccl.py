"""What RCCL itself says of the network that it chose: one file for each process that holds a rank."""

import argparse
import json
import os
import re

from strixhalo_node import places
from strixhalo_node.journal import launches
from strixhalo_node.refusal import Refusal

# As NCCL_DEBUG_FILE names them.
PREFIX = "rccl."
# Its lines about networks, and its warnings; the wording is that of NCCL 2.4 to 2.29.
TELLING = re.compile(r"NET/|NET plugin|Using network|(NCCL|RCCL) (version|WARN)")
FILES = 16
LINES = 400
LINE_CHARS = 500
READ_CHARS = 8 * 1024 * 1024


def main(arguments):
    parser = argparse.ArgumentParser(prog="strixhalo-node rccl")
    parser.add_argument("--launch", help="an earlier launch; default is the last one")
    wanted = parser.parse_args(arguments)
    known = launches(places.LOG)
    launch = wanted.launch or (known[-1] if known else None)
    if launch is None or launch not in known:
        raise Refusal("no-logs", "There are no logs of %s." % (launch or "any launch"), known)
    folder = os.path.join(places.LOG, launch)
    names = files(folder)
    answer = {"ok": True, "launch": launch, "files": [_read(folder, name) for name in names[:FILES]]}
    answer["leftOff"] = names[FILES:]
    print(json.dumps(answer), flush=True)
    return 0


def files(folder):
    """Names of RCCL's files among those of a launch."""
    return sorted(name for name in os.listdir(folder) if name.startswith(PREFIX))


def _read(folder, name):
    lines, more = [], False
    with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
        # A service that reconnects for months writes on; the choice of the network stands at the beginning.
        for line in file.read(READ_CHARS).splitlines():
            if TELLING.search(line):
                if len(lines) == LINES:
                    more = True
                    break
                lines.append(line.strip()[:LINE_CHARS])
    return {"name": name, "lines": lines, "more": more}
