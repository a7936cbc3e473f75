"""Secrets of a launch: in memory of the supervisor only, readable as files by processes of the same container.

A memfd has no name in any file system and dies with the supervisor, however that ends. Programs get its path through a
link in the run folder; /proc lets only processes of the same user and capabilities follow it. So a secret is never in an
argument, an environment, or on a disk.
"""

import os

from strixhalo_node import places


class Sealed:
    def __init__(self):
        self._files = {}
        self._values = []

    def put(self, name, value):
        """Makes the secret readable at SECRETS/name."""
        if not name.replace("-", "").isalnum():
            raise ValueError("a secret's name has letters, digits and hyphens: %r" % name)
        self.drop(name)
        file = os.memfd_create("strixhalo-" + name)
        os.fchmod(file, 0o600)
        content = value.encode("utf-8")
        while content:
            content = content[os.write(file, content) :]
        self._files[name] = file
        self._values.append(value)
        os.makedirs(places.SECRETS, mode=0o700, exist_ok=True)
        os.symlink("/proc/%d/fd/%d" % (os.getpid(), file), os.path.join(places.SECRETS, name))

    def drop(self, name):
        link = os.path.join(places.SECRETS, name)
        if os.path.lexists(link):
            os.unlink(link)
        if name in self._files:
            os.close(self._files.pop(name))

    def clear(self):
        """Forgets all of them, and removes links that an earlier supervisor left."""
        if os.path.isdir(places.SECRETS):
            for name in os.listdir(places.SECRETS):
                self.drop(name)
        self._values.clear()

    def hide(self, text):
        """The text with every secret in it replaced by stars, before it reaches a log."""
        for value in self._values:
            text = text.replace(value, "****")
        return text
