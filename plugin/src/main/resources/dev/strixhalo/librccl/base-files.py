"""Hands out what is asked of an image's files; changes nothing. Runs in a throw-away container of that image.

One JSON object a line on standard input, one a line in answer; after the answer to "read" come as many bytes as it says.
Ends with its input.
"""

import hashlib
import importlib.util
import json
import os
import stat
import sys

LIBRARY = "librccl.so"
HIP = "libamdhip64.so."
PACKAGES = ("torch", "vllm")
ELSEWHERE = ("/proc", "/sys", "/dev", "/run")


def main():
    answer({"ready": True})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            ASKED[request["do"]](request)
        except OSError as error:
            answer({"error": error.strerror or str(error), "errno": error.errno})


def answer(found, content=b""):
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


def size(request):
    found = os.stat(request["path"])
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "not a regular file")
    answer({"size": found.st_size})


def read(request):
    with open(request["path"], "rb", buffering=0) as file:
        file.seek(request["offset"])
        content = b""
        while len(content) < request["length"]:
            piece = file.read(request["length"] - len(content))
            if not piece:
                break
            content += piece
    answer({"bytes": len(content)}, content)


def real(request):
    os.stat(request["path"])
    answer({"path": os.path.realpath(request["path"])})


def names(request):
    try:
        answer({"names": sorted(os.listdir(request["path"]))})
    except (FileNotFoundError, NotADirectoryError):
        answer({"names": []})


def sha256(request):
    digest = hashlib.sha256()
    with open(request["path"], "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    answer({"sha256": digest.hexdigest()})


def survey(_):
    """Copies of RCCL, what lies above them, versions of HIP, and the files that may want RCCL."""
    copies, links, hip = [], {}, set()
    for folder, below, files in os.walk("/"):
        below[:] = [name for name in below if os.path.join(folder, name) not in ELSEWHERE]
        for name in files:
            path = os.path.join(folder, name)
            if name.startswith(HIP):
                hip.add(name[len(HIP) :].split(".")[0])
            if not name.startswith(LIBRARY):
                continue
            if os.path.islink(path):
                links[path] = os.path.realpath(path)
            elif os.path.isfile(path):
                copies.append(path)
    answer(
        {
            "copies": sorted(copies),
            "links": links,
            "hip": sorted(hip),
            "folders": above(copies),
            "wanting": wanting(),
        }
    )


def above(copies):
    """Every directory above the copies, with its mode and owner."""
    found = {}
    for path in copies:
        folder = os.path.dirname(path)
        while folder != "/" and folder not in found:
            seen = os.stat(folder)
            found[folder] = {"mode": stat.S_IMODE(seen.st_mode), "user": seen.st_uid, "group": seen.st_gid}
            folder = os.path.dirname(folder)
    return found


def wanting():
    """The ELF files of torch and vLLM; neither is imported."""
    found = []
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        for root in (spec.submodule_search_locations or []) if spec else []:
            for folder, _, files in os.walk(root):
                for name in files:
                    path = os.path.join(folder, name)
                    if ".so" in name and os.path.isfile(path) and is_elf(path):
                        found.append(os.path.realpath(path))
    return sorted(set(found))


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


ASKED = {"size": size, "read": read, "real": real, "names": names, "sha256": sha256, "survey": survey}

if __name__ == "__main__":
    main()
