"""Stands in for ray, which does not fit: a name and a version."""

__version__ = "0+stand.in"
