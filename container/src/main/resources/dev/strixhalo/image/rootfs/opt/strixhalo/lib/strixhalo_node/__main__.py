"""strixhalo-node VERB: the program that runs inside a node's container.

  supervise   the container's main process: owns everything that a launch starts
  start       stdin: a launch as JSON; starts its parts
  status      one JSON line: parts, ranks, ports, memory
  follow      JSON lines as they come: what the parts say, and when they start and end
  ready       stdin: what the launch became; those who follow are let go
  stop        [--part P] [--launch ID]: ends all parts, the last first, and proves that they are gone
  logs        [--lines N] [--launch ID] [--follow]: what the parts said, also of an earlier launch
  ray-status  what 'ray status' says, with this launch's token
  ask         stdin: a question as JSON; a real completion, streamed and timed
  rccl        [--launch ID]: what RCCL wrote about the network that it chose, a list of lines for each rank
  model       NAME: what a model's config.json says of its size
  download    MODEL [--stall S]: a part of a launch; brings a model here, JSON lines of how far it is
  gate        stdin: what is demanded as JSON; what this container really has

Exit codes: 0 done; 1 refused or failed, with a JSON line that says why; 2 wrong use; 3 no supervisor answers.
"""

import importlib
import json
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

from strixhalo_node.refusal import Refusal  # noqa: E402

# Each verb is a process of its own; it loads what it needs and no more.
VERBS = {
    "supervise": "supervisor.main",
    "start": "client.start",
    "status": "client.status",
    "follow": "client.follow",
    "ready": "client.ready",
    "stop": "client.stop",
    "ray-status": "client.ray_status",
    "logs": "logs.main",
    "ask": "ask.main",
    "rccl": "rccl.main",
    "model": "model.main",
    "download": "download.main",
    "gate": "gate.main",
}


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    verb = VERBS.get(arguments[0])
    if verb is None:
        print("strixhalo-node: no verb '%s'; one of: %s" % (arguments[0], ", ".join(VERBS)), file=sys.stderr)
        return 2
    module, _, function = verb.partition(".")
    try:
        return getattr(importlib.import_module("strixhalo_node." + module), function)(arguments[1:])
    except Refusal as refusal:
        print(json.dumps(refusal.as_json()), flush=True)
        return refusal.exit_code
    except BrokenPipeError:
        # The reader went away: nobody is left to tell. Point stdout elsewhere so that the interpreter's last flush is calm.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
