#!/usr/bin/env python3
"""Makes stand-ins for the GPU libraries that ELF files ask for: every function answers 100, "no device".

usage:  gpu-stubs.py [--nccl LIBRARY RUNPATH] OUTPUT FILE...
--nccl  what is asked of libnccl* is had from LIBRARY, found at RUNPATH: the stand-in has no function of its own but needs it
OUTPUT  folder for one shared library per missing SONAME (libcu*, libnccl*, libnv*, libamdhip64*); each is printed with the
        number of its symbols
FILE    shared libraries to satisfy, as torch/lib/*.so* or librccl.so.1.0

PyPI's torch is linked against 2.7 GB of NVIDIA libraries that nothing on the test bed can use, but the dynamic loader wants
each of them, with each versioned symbol, before ``import torch`` begins. So it is with librccl and the HIP runtime, whose
loader registers device code when the library is mapped: it is content with any answer but 0. Needs readelf (binutils) and
cc (gcc).
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

STAND_IN = re.compile(r"lib(?:cu|nccl|nv|amdhip64)[^/]*\.so(?:\.\d+)*")
CUDA_SYMBOL = re.compile(r"_*(?:cu|nccl|nv)")
NO_DEVICE = 100  # cudaErrorNoDevice; CUDA_ERROR_NO_DEVICE and hipErrorNoDevice have the same value
TIMEOUT_SECONDS = 120
CC = ("cc", "-shared", "-fPIC", "-O1", "-w", "-fno-builtin", "-nostdlib", "-Wl,--build-id=none")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:4])} … failed ({done.returncode}): {done.stderr.strip()}")
    return done.stdout


class Elf:
    """What one shared library needs and gives, as readelf tells it."""

    def __init__(self, path: Path):
        self.name = path.name
        dynamic = run("readelf", "-W", "-d", str(path))
        self.needed = re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", dynamic)
        # Version names that the loader demands of a library, even when no symbol uses them any more.
        self.versions: dict[str, set[str]] = defaultdict(set)
        library = ""
        needs = False
        for line in run("readelf", "-W", "-V", str(path)).splitlines():
            if line.startswith("Version ") and "section" in line:
                needs = line.startswith("Version needs")
            elif needs and (found := re.search(r"File: (\S+)", line)):
                library = found[1]
            elif needs and (found := re.search(r"Name: (\S+)", line)):
                self.versions[library].add(found[1])
        self.defined: set[str] = set()
        self.undefined: set[tuple[str, str, str]] = set()  # name, version or "", type
        for line in run("readelf", "-W", "--dyn-syms", str(path)).splitlines():
            columns = line.split()
            # Num: Value Size Type Bind Vis Ndx Name [(version index)]
            if len(columns) < 8 or not columns[0].rstrip(":").isdigit():
                continue
            kind, binding, index, symbol = columns[3], columns[4], columns[6], columns[7]
            name, _, version = symbol.partition("@")
            if index != "UND":
                self.defined.add(name)
            elif binding != "WEAK" or version:
                # Nobody promises a weak symbol without version; giving it would announce a feature that is not there.
                self.undefined.add((name, version.lstrip("@"), kind))


def library_for(symbol: str, candidates: list[str]) -> str:
    """The candidate whose name the symbol begins with, as cudnnCreate for libcudnn.so.9, else the driver or the first."""

    def likeness(soname: str) -> int:
        stem = soname.removeprefix("lib").partition(".")[0].partition("_")[0].lower()
        return len(stem) if symbol.lstrip("_").lower().startswith(stem) else 0

    best = max(candidates, key=likeness)
    if likeness(best) == 0 and "libcuda.so.1" in candidates:
        return "libcuda.so.1"
    return best


def compile_stub(soname: str, versions: dict[str, dict[str, str]], output: Path, work: Path) -> int:
    symbols: dict[str, str] = {}
    script = []
    for version, members in sorted(versions.items()):
        for name, kind in sorted(members.items()):
            if name in symbols:
                sys.exit(f"{soname}: {name} is wanted under two versions; a version script cannot say that")
            symbols[name] = kind
        if version:
            body = "".join(f"{name};" for name in sorted(members))
            script.append(f"{version} {{ {'global: ' + body if body else ''} }};\n")
    source = work / f"{soname}.c"
    source.write_text(
        "".join(
            f"char {name}[4096];\n" if kind == "OBJECT" else f"int {name}(void) {{ return {NO_DEVICE}; }}\n"
            for name, kind in sorted(symbols.items())
        )
    )
    command = [*CC, f"-Wl,-soname,{soname}"]
    if script:
        (work / f"{soname}.map").write_text("".join(script))
        command.append(f"-Wl,--version-script={work / soname}.map")
    run(*command, "-o", str(output / soname), str(source))
    return len(symbols)


def pass_on(soname: str, versions: dict[str, dict[str, str]], library: str, runpath: str, output: Path) -> int:
    """A library without content that needs another one: its symbols are found there by whoever needs this one."""
    symbols = {name for members in versions.values() for name in members}
    if lacking := sorted(symbols - Elf(Path(library)).defined):
        sys.exit(f"{library} lacks {', '.join(lacking)}: make small-rccl/exports.txt anew")
    found_at = ("-Wl,--no-as-needed", library, f"-Wl,-rpath,{runpath}", "-Wl,--enable-new-dtags")
    run(*CC, f"-Wl,-soname,{soname}", "-x", "c", "/dev/null", "-x", "none", *found_at, "-o", str(output / soname))
    return 0


def main() -> None:
    arguments = sys.argv[1:]
    nccl = []
    if arguments[:1] == ["--nccl"]:
        nccl, arguments = arguments[1:3], arguments[3:]
    if len(arguments) < 2:
        sys.exit(__doc__)
    output = Path(arguments[0])
    elves = [Elf(Path(name)) for name in arguments[1:]]
    present = {elf.name for elf in elves}
    defined = set().union(*(elf.defined for elf in elves))

    wanted: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))  # soname, version, symbol → type
    unversioned: dict[str, str] = {}
    for elf in elves:
        missing = [name for name in elf.needed if name not in present and STAND_IN.fullmatch(name)]
        owner = {}
        for soname in missing:
            _ = wanted[soname]
            for version in elf.versions.get(soname, ()):
                owner[version] = soname
                _ = wanted[soname][version]
        for name, version, kind in elf.undefined:
            if version in owner:
                wanted[owner[version]][version][name] = kind
            elif not version and name not in defined and CUDA_SYMBOL.match(name):
                unversioned[name] = kind
    if not wanted:
        sys.exit("none of these files needs a library that is missing: is this torch's CUDA build?")
    versioned = {name for versions in wanted.values() for members in versions.values() for name in members}
    for name, kind in sorted(unversioned.items()):
        if name not in versioned:
            wanted[library_for(name, sorted(wanted))][""][name] = kind

    with tempfile.TemporaryDirectory() as work:
        for soname, versions in sorted(wanted.items()):
            if nccl and soname.startswith("libnccl."):
                symbols = pass_on(soname, versions, *nccl, output)
            else:
                symbols = compile_stub(soname, versions, output, Path(work))
            print(f"{soname}: {symbols} symbols")


if __name__ == "__main__":
    main()
