"""Where things lie in the container; both folders are mounted from the node, so that they outlive the container."""

import os

RUN = os.environ.get("STRIXHALO_RUN", "/run/strixhalo")
LOG = os.environ.get("STRIXHALO_LOG", "/var/log/strixhalo")

SOCKET = os.path.join(RUN, "supervisor.sock")
SECRETS = os.path.join(RUN, "secrets")
# Where Ray keeps a folder for every time it was started (ray start --temp-dir).
RAY = os.environ.get("STRIXHALO_RAY", "/tmp/ray")
# What the last launch left in shared memory, for a supervisor that comes after one that was killed.
LEFTOVERS = os.path.join(RUN, "leftovers.json")
# What is launched here and by whom; deploy reads it on the node, before it takes the container away.
LAUNCH = os.path.join(RUN, "launch.json")
