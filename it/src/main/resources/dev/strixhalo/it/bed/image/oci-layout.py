#!/usr/bin/env python3
"""Makes an OCI image layout of layers that oci-layer.py left.

usage:  oci-layout.py [--plain] OUTPUT TAG CREATED LAYER…
--plain  neither /opt/venv in PATH nor a label
OUTPUT   new folder: oci-layout, index.json, blobs/sha256 (the layers as hard links where the file system allows it)
TAG      name of the image in the index
CREATED  time stamp of the image, in seconds since 1970
LAYER    OUTPUT of oci-layer.py; the lowest first

Without --plain the configuration is like that of the image people use (a shell as command, no entrypoint, /opt/venv first in
PATH, the label that Toolbx looks for). Prints the image ID and the digest of the manifest.
"""

import hashlib
import json
import os
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
OCI = "application/vnd.oci.image"


def put(blobs: Path, document: dict) -> dict:
    """Stores a document and answers its descriptor, still without media type."""
    content = json.dumps(document, separators=(",", ":")).encode()
    hexadecimal = hashlib.sha256(content).hexdigest()
    (blobs / hexadecimal).write_bytes(content)
    return {"digest": f"sha256:{hexadecimal}", "size": len(content)}


def main() -> None:
    arguments = sys.argv[1:]
    plain = arguments[:1] == ["--plain"]
    if plain:
        del arguments[0]
    if len(arguments) < 4:
        sys.exit(__doc__)
    output, tag, created = Path(arguments[0]), arguments[1], int(arguments[2])
    time = datetime.fromtimestamp(created, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    blobs = output / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    layers = []
    for name in arguments[3:]:
        layer = json.loads(Path(f"{name}.json").read_text(encoding="utf-8"))
        layers.append(layer)
        blob = blobs / layer["digest"].removeprefix("sha256:")
        try:
            os.link(f"{name}.tar.gz", blob)
        except OSError:  # another file system, or one without hard links
            shutil.copyfile(f"{name}.tar.gz", blob)

    config = put(
        blobs,
        {
            "created": time,
            "architecture": "amd64",
            "os": "linux",
            "config": {
                "Env": [f"PATH={PATH}" if plain else f"PATH=/opt/venv/bin:{PATH}"],
                "Cmd": ["/bin/bash"],
                **({} if plain else {"Labels": {"com.github.containers.toolbox": "true"}}),
            },
            "rootfs": {"type": "layers", "diff_ids": [layer["diffId"] for layer in layers]},
            "history": [{"created": time, "created_by": layer["comment"]} for layer in layers],
        },
    )
    manifest = put(
        blobs,
        {
            "schemaVersion": 2,
            "mediaType": f"{OCI}.manifest.v1+json",
            "config": {"mediaType": f"{OCI}.config.v1+json", **config},
            "layers": [
                {"mediaType": f"{OCI}.layer.v1.tar+gzip", "digest": layer["digest"], "size": layer["size"]}
                for layer in layers
            ],
        },
    )
    reference = {
        "mediaType": f"{OCI}.manifest.v1+json",
        **manifest,
        "annotations": {"org.opencontainers.image.ref.name": tag},
    }
    index = {"schemaVersion": 2, "mediaType": f"{OCI}.index.v1+json", "manifests": [reference]}
    (output / "index.json").write_text(json.dumps(index), encoding="utf-8")
    (output / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}', encoding="utf-8")
    print(f"{output.name}:{tag} image ID {config['digest']}, manifest {manifest['digest']}")


if __name__ == "__main__":
    main()
