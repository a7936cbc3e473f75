#!/usr/bin/env python3
"""Packs a folder into a wheel, the same bytes each time.

usage:  pack-wheel.py SOURCE OUTPUT
SOURCE  folder with METADATA, perhaps entry_points.txt, and pure Python packages (perhaps none)
OUTPUT  folder for NAME-VERSION-py3-none-any.whl; its path is printed

The standard library is enough for this; a build backend would have to be downloaded first.
"""

import base64
import hashlib
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

IN_DIST_INFO = ("METADATA", "entry_points.txt")
WHEEL = "Wheel-Version: 1.0\nGenerator: pack-wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o100644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def pack(source: Path, output: Path) -> Path:
    metadata = Parser().parsestr((source / "METADATA").read_text(encoding="utf-8"))
    stem = f"{metadata['Name'].replace('-', '_')}-{metadata['Version']}"
    dist_info = f"{stem}.dist-info"

    files = {f"{dist_info}/WHEEL": WHEEL.encode()}
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source).as_posix()
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        name = f"{dist_info}/{relative}" if relative in IN_DIST_INFO else relative
        files[name] = path.read_bytes()

    record = f"{dist_info}/RECORD"
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    files[record] = ("".join(lines) + f"{record},,\n").encode()

    wheel = output / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(entry(name), content)
    return wheel


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(pack(Path(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
