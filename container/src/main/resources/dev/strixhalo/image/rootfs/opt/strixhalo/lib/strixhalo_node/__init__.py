"""What runs inside a node's container: one supervisor that owns all processes of a launch, and small verbs that talk to it.

Python's standard library only, Python 3.9 or newer. Every verb reads JSON on standard input, if it reads at all, and
writes JSON lines. Start reading at ``__main__.py``, then ``supervisor.py``.
"""
