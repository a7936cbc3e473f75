#!/usr/bin/env python3
"""Makes one gzip layer of an OCI image from files of a root file system.

usage:  oci-layer.py OUTPUT COMMENT ROOTFS WHAT…
OUTPUT   OUTPUT.tar.gz is the layer, OUTPUT.json what oci-layout.py must know of it (digests, sizes, comment)
COMMENT  becomes the layer's line of the image's history
ROOTFS   the root file system
WHAT     paths in it, as ./opt/venv, or options of tar; every file carries the time of SOURCE_DATE_EPOCH

One pass: the tar is digested while pigz compresses it. Needs tar and pigz.
"""

import hashlib
import json
import os
import subprocess
import sys

CHUNK = 1 << 20
# pigz splits the stream the same way for every number of threads above one: the bytes do not depend on the machine's cores.
THREADS = max(2, os.cpu_count() or 2)
LEVEL = 3
TAR = (
    *("tar", "--create", "--format=posix", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"),
    *("--sort=name", "--numeric-owner", "--xattrs", "--xattrs-include=security.capability"),
)


def main() -> None:
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    output, comment, rootfs, what = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    layer = f"{output}.tar.gz"
    diff_id, digest = hashlib.sha256(), hashlib.sha256()
    unpacked = 0

    with open(f"{layer}.part", "wb") as target:
        time = f"--mtime=@{os.environ['SOURCE_DATE_EPOCH']}"
        tar = subprocess.Popen([*TAR, time, "--directory", rootfs, *what], stdout=subprocess.PIPE)
        pigz = subprocess.Popen(["pigz", "-n", f"-{LEVEL}", "-p", str(THREADS)], stdin=subprocess.PIPE, stdout=target)
        while chunk := tar.stdout.read(CHUNK):
            diff_id.update(chunk)
            unpacked += len(chunk)
            pigz.stdin.write(chunk)
        pigz.stdin.close()
        for name, process in (("tar", tar), ("pigz", pigz)):
            if status := process.wait():
                sys.exit(f"{layer}: {name} ended with status {status}")

    size = 0
    with open(f"{layer}.part", "rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    os.replace(f"{layer}.part", layer)
    with open(f"{output}.json", "w", encoding="utf-8") as target:
        json.dump(
            {
                "comment": comment,
                "digest": f"sha256:{digest.hexdigest()}",
                "diffId": f"sha256:{diff_id.hexdigest()}",
                "size": size,
                "unpacked": unpacked,
            },
            target,
        )
    print(f"{comment}: {unpacked / 1e6:.0f} MB, {size / 1e6:.0f} MB compressed")


if __name__ == "__main__":
    main()
