"""What this container really has: imports, devices that open, locked memory. Run in a throw-away container."""

import errno
import hashlib
import json
import os
import platform
import resource
import stat
import subprocess
import sys

from strixhalo_node.refusal import request

IMPORT_SECONDS = 240
# Each import in a process of its own: one that crashes the interpreter must not take the findings with it.
# What it maps of RCCL is asked of itself: which of several copies the loader took, no path tells.
PROBE = """
import importlib, json, os, sys, time
begun = time.monotonic()
module = importlib.import_module(sys.argv[1])
seconds = round(time.monotonic() - begun, 2)
with open("/proc/self/maps") as maps:
    mapped = {line.split(None, 5)[5].strip() for line in maps if "/librccl" in line}
rccl = sorted(path for path in mapped if os.path.basename(path).startswith("librccl.so"))
print("\\n" + json.dumps({"version": getattr(module, "__version__", None), "seconds": seconds, "rccl": rccl}))
"""


def main(_):
    demanded = request(["devices"])
    findings = {
        "python": platform.python_version(),
        "executable": sys.executable,
        "imports": {name: _import(name) for name in demanded.get("imports", ["torch", "vllm", "ray"])},
        "devices": {path: _open(path) for path in demanded["devices"]},
        "memlock": _memlock(demanded.get("memlock")),
        "uid": os.getuid(),
    }
    findings["rccl"] = _libraries(findings["imports"])
    findings["versions"] = {name: found["version"] for name, found in findings["imports"].items() if "version" in found}
    findings["errors"] = _errors(findings)
    findings["ok"] = not findings["errors"]
    print(json.dumps(findings), flush=True)
    return 0 if findings["ok"] else 1


def _errors(findings):
    """What is not as demanded, in sentences, each with what was seen and a way out."""
    errors = []
    for name, found in findings["imports"].items():
        if "error" in found:
            errors.append(
                {
                    "what": "the image cannot import %s there." % name,
                    "found": "; ".join(found["error"]),
                    "fix": "in a container of this image: %s -c 'import %s'" % (sys.executable, name),
                }
            )
    for path, found in findings["devices"].items():
        if found["errno"] == errno.ENOENT:
            fix = "load the driver on the node, then deploy again"
        else:
            fix = "let the node's user open %s: sudo usermod -aG render,video,rdma USER, then log in anew" % path
        if found["errno"]:
            what = "the container's user cannot open %s for reading and writing." % path
            errors.append({"what": what, "found": found["error"], "fix": fix})
    memlock = findings["memlock"]
    if not memlock["enough"]:
        errors.append(
            {
                "what": "locked memory is limited in the container; %s is demanded." % memlock["demanded"],
                "found": "soft limit %s, hard limit %s" % (memlock["soft"], memlock["hard"]),
                "fix": "raise the memlock limits of the node's user, then log in anew; or lower <memlock>",
            }
        )
    return errors


def _import(name):
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE, name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=IMPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": ["import %s did not end within %d s" % (name, IMPORT_SECONDS)]}
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        ended = ["ended by signal %d" % -done.returncode] if done.returncode < 0 else []
        return {"error": said[-1:] + ended}
    # Some modules print while they are imported; the last line is ours.
    return json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])


def _libraries(imports):
    """The files of RCCL that a process with torch mapped, with their checksums."""
    libraries = []
    for path in imports.get("torch", {}).get("rccl", []):
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
        libraries.append({"path": path, "sha256": digest.hexdigest()})
    return libraries


# In /dev/dri and /dev/infiniband: what belongs to whoever sits at the screen, or manages a subnet. ROCm opens renderD*,
# RCCL uverbs* and rdma_cm.
NOT_OURS = ("card", "issm", "umad")


def _open(path):
    """Opens a device; of a folder every device in it that ours needs, and there has to be one."""
    if not os.path.isdir(path):
        return _open_device(path)
    devices = sorted(
        entry.path
        for entry in os.scandir(path)
        if stat.S_ISCHR(entry.stat().st_mode) and not entry.name.startswith(NOT_OURS)
    )
    if not devices:
        return {"error": "no device in it", "errno": errno.ENODEV}
    for device in devices:
        found = _open_device(device)
        if found["errno"]:
            return {"error": "%s: %s" % (device, found["error"]), "errno": found["errno"]}
    return {"error": None, "errno": 0}


def _open_device(path):
    """Opens for reading and writing, as a driver's user library does."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK))
    except OSError as error:
        return {"error": os.strerror(error.errno), "errno": error.errno}
    return {"error": None, "errno": 0}


def _memlock(demanded):
    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    shown = ["unlimited" if limit == resource.RLIM_INFINITY else limit for limit in (soft, hard)]
    if demanded is None:
        enough = True
    elif demanded == "unlimited":
        enough = soft == resource.RLIM_INFINITY
    else:
        enough = soft == resource.RLIM_INFINITY or soft >= int(demanded)
    text = shown[0] if soft == resource.RLIM_INFINITY else "%d KiB" % (soft // 1024)
    return {"soft": shown[0], "hard": shown[1], "text": text, "demanded": demanded, "enough": enough}
