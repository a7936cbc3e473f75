"""Ray's own folders: one for every time it was started, and Ray never removes one."""

import os
import re
import shutil

from strixhalo_node import places, processes

# session_<date>_<time>_<microseconds>_<pid of who made it>
NAME = re.compile(r"session_[0-9-]+_[0-9-]+_[0-9]+_[0-9]+")
# The last ones stay: their logs may be wanted.
KEPT = 2


def forget_old():
    """Removes the folders of earlier sessions that no living process names; returns their names."""
    if not os.path.isdir(places.RAY):
        return []
    titles = "\n".join(processes.title(process.pid) for process in processes.all_processes())
    sessions = sorted(name for name in os.listdir(places.RAY) if NAME.fullmatch(name))
    old = [name for name in sessions[:-KEPT] if name not in titles]
    for name in old:
        shutil.rmtree(os.path.join(places.RAY, name))
    return old
