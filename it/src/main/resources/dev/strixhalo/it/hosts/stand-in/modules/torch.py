"""Stands in for torch: maps the librccl that lies where images with ROCm have it, and knows nothing else."""

import mmap

__version__ = "0+stand.in"

with open("/opt/rocm/lib/librccl.so.1", "rb") as _library:
    _mapped = mmap.mmap(_library.fileno(), 0, access=mmap.ACCESS_READ)
