#!/usr/bin/env python3
"""Serves folders as the repositories of a Hugging Face hub: as much of it as huggingface_hub and vLLM ask for.

usage:  hub.py --listen ADDRESS:PORT --repo NAME=FOLDER… [--gated NAME]… [--tokens FILE]
               [--rate NAME=BYTES]… [--stall-after NAME=BYTES]… [--access-log FILE]
output: one line "listening on http://ADDRESS:PORT" as soon as requests are answered (port 0: any free one); ends by SIGTERM

A client finds it by HF_ENDPOINT=http://ADDRESS:PORT. Plain HTTP, read only, one revision per repository: "main", whose commit
is a digest of the files. What the real hub answers to strangers is kept, for that is what it is here to prove: without a token
a gated repository's files are 401 and an unknown repository is 401 too; a token that was not granted gets 403 and 404.
"""

import argparse
import hashlib
import json
import re
import select
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

CHUNK = 64 * 1024
IDLE_SECONDS = 60
STALL_SECONDS = 3600


@dataclass(frozen=True)
class File:
    """A file of a repository; its digest is its ETag, and the name under which a client caches it."""

    path: Path
    size: int
    sha256: str


class Repository:
    """A folder as a repository: files by their name, and a commit that stands for all of them."""

    def __init__(self, name: str, folder: Path, gated: bool, rate: int | None, stall_after: int | None):
        self.name = name
        self.folder = folder
        self.gated = gated
        self.rate = rate
        self.stall_after = stall_after
        self._digests: dict[tuple[Path, int, int], str] = {}
        self._lock = threading.Lock()

    def files(self) -> dict[str, File]:
        """Read again for each request, so that a test may change the folder while the hub runs."""
        with self._lock:
            return {
                path.relative_to(self.folder).as_posix(): self._file(path)
                for path in sorted(self.folder.rglob("*"))
                if path.is_file()
            }

    def _file(self, path: Path) -> File:
        status = path.stat()
        key = (path, status.st_mtime_ns, status.st_size)
        if key not in self._digests:
            with path.open("rb") as source:
                self._digests[key] = hashlib.file_digest(source, "sha256").hexdigest()
        return File(path, status.st_size, self._digests[key])

    @staticmethod
    def commit(files: dict[str, File]) -> str:
        lines = "".join(f"{file.sha256} {name}\n" for name, file in files.items())
        return hashlib.sha1(lines.encode(), usedforsecurity=False).hexdigest()


class Refusal(Exception):
    """An answer other than the wanted one, with the header by which huggingface_hub knows what happened."""

    def __init__(self, status: HTTPStatus, code: str, message: str):
        super().__init__(message)
        self.status = status
        self.code = code


class Hub(ThreadingHTTPServer):
    """The server and what its requests share."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], repositories: dict[str, Repository], tokens: set[str], access_log: Path | None):
        super().__init__(address, Request)
        self.repositories = repositories
        self.tokens = tokens
        self._log = access_log.open("a", encoding="utf-8") if access_log else None
        self._log_lock = threading.Lock()

    def record(self, line: str) -> None:
        if self._log:
            with self._log_lock:
                self._log.write(line + "\n")
                self._log.flush()


class Request(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: Hub

    def do_GET(self) -> None:
        self._serve(with_body=True)

    def do_HEAD(self) -> None:
        self._serve(with_body=False)

    def do_POST(self) -> None:
        self._serve(with_body=True)

    def _serve(self, with_body: bool) -> None:
        self._body_sent = 0
        self._status = 0
        self._with_body = with_body
        try:
            # Read whatever comes: bytes left behind would be taken for the next request of this connection.
            self._posted = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._route()
        except Refusal as refusal:
            self._json(refusal.status, {"error": str(refusal)}, {"X-Error-Code": refusal.code, "X-Error-Message": str(refusal)})
        except (ConnectionError, TimeoutError) as gone:
            self.close_connection = True
            self.log_error("%s went away: %s", self.path, gone)
        finally:
            token = "token" if self._token() else "-"
            asked = self.headers.get("Range", "-")
            now = time.strftime("%Y-%m-%dT%H:%M:%S")
            self.server.record(f"{now} {self.client_address[0]} {token} {self.command} {self.path} {asked} {self._status} {self._body_sent}")

    def _route(self) -> None:
        path = unquote(urlsplit(self.path).path)
        query = parse_qs(urlsplit(self.path).query)
        if found := re.fullmatch(r"/api/models/(.+)", path):
            repository, rest = self._repository(found[1])
            if found := re.fullmatch(r"(?:/revision/([^/]+))?", rest):
                return self._info(repository, found[1] or "main", "blobs" in query)
            if found := re.fullmatch(r"/tree/([^/]+)(?:/(.*))?", rest):
                recursive = query.get("recursive", ["false"])[0].lower() in ("true", "1")
                return self._tree(repository, found[1], found[2] or "", recursive)
            if found := re.fullmatch(r"/paths-info/([^/]+)", rest):
                return self._paths_info(repository, found[1])
        elif "/resolve/" in path:
            repository, rest = self._repository(path[1:])
            if found := re.fullmatch(r"/resolve/([^/]+)/(.+)", rest):
                return self._resolve(repository, found[1], found[2])
        raise Refusal(HTTPStatus.NOT_FOUND, "NotFound", "This stand-in for a hub does not know that address")

    def _repository(self, path: str) -> tuple[Repository, str]:
        """The repository that a path begins with, and the rest of the path; names have one part or two."""
        parts = path.split("/")
        for length in (2, 1):
            name = "/".join(parts[:length])
            if name in self.server.repositories:
                return self.server.repositories[name], path[len(name) :]
        if self._token() in self.server.tokens:
            raise Refusal(HTTPStatus.NOT_FOUND, "RepoNotFound", "Repository not found")
        raise Refusal(HTTPStatus.UNAUTHORIZED, "RepoNotFound", "Invalid username or password.")

    def _token(self) -> str | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def _snapshot(self, repository: Repository, revision: str) -> tuple[dict[str, File], str]:
        files = repository.files()
        commit = Repository.commit(files)
        if revision not in ("main", commit):
            raise Refusal(HTTPStatus.NOT_FOUND, "RevisionNotFound", f"Invalid rev id: {revision}")
        return files, commit

    def _info(self, repository: Repository, revision: str, blobs: bool) -> None:
        files, commit = self._snapshot(repository, revision)
        siblings = [
            {"rfilename": name, **({"size": file.size, "blobId": file.sha256[:40], "lfs": self._lfs(file)} if blobs else {})}
            for name, file in files.items()
        ]
        self._json(
            HTTPStatus.OK,
            {
                "_id": commit[:24],
                "id": repository.name,
                "modelId": repository.name,
                "sha": commit,
                "private": False,
                "gated": "manual" if repository.gated else False,
                "disabled": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "siblings": siblings,
            },
        )

    @staticmethod
    def _lfs(file: File) -> dict:
        return {"oid": file.sha256, "sha256": file.sha256, "size": file.size, "pointerSize": 134}

    def _entry(self, name: str, file: File) -> dict:
        return {"type": "file", "oid": file.sha256[:40], "size": file.size, "path": name, "lfs": self._lfs(file)}

    def _tree(self, repository: Repository, revision: str, folder: str, recursive: bool) -> None:
        files, _ = self._snapshot(repository, revision)
        prefix = f"{folder.strip('/')}/" if folder else ""
        entries: dict[str, dict] = {}
        for name, file in files.items():
            if not name.startswith(prefix):
                continue
            parts = name[len(prefix) :].split("/")
            for length in range(1, len(parts) if recursive else min(len(parts), 2)):
                directory = prefix + "/".join(parts[:length])
                oid = hashlib.sha1(directory.encode(), usedforsecurity=False).hexdigest()
                entries[directory] = {"type": "directory", "oid": oid, "size": 0, "path": directory}
            if recursive or len(parts) == 1:
                entries[name] = self._entry(name, file)
        if prefix and not entries:
            raise Refusal(HTTPStatus.NOT_FOUND, "EntryNotFound", f"{folder} does not exist on \"{revision}\"")
        self._json(HTTPStatus.OK, list(entries.values()))

    def _paths_info(self, repository: Repository, revision: str) -> None:
        files, _ = self._snapshot(repository, revision)
        if self.headers.get_content_type() == "application/json":
            paths = json.loads(self._posted).get("paths", [])
        else:
            paths = parse_qs(self._posted.decode()).get("paths", [])
        self._json(HTTPStatus.OK, [self._entry(path, files[path]) for path in paths if path in files])

    def _resolve(self, repository: Repository, revision: str, name: str) -> None:
        if repository.gated and self._token() not in self.server.tokens:
            # As on the real hub: everybody may see that the repository is there, nobody may read it unasked.
            if self._token() is None:
                message = f"Access to model {repository.name} is restricted. You must have access to it and be authenticated to access it. Please log in."
                raise Refusal(HTTPStatus.UNAUTHORIZED, "GatedRepo", message)
            message = f"Access to model {repository.name} is restricted and you are not in the authorized list."
            raise Refusal(HTTPStatus.FORBIDDEN, "GatedRepo", message)
        files, commit = self._snapshot(repository, revision)
        if name not in files:
            raise Refusal(HTTPStatus.NOT_FOUND, "EntryNotFound", "Entry not found")
        file = files[name]
        headers = {
            "ETag": f'"{file.sha256}"',
            "X-Repo-Commit": commit,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        first, last = 0, file.size - 1
        status = HTTPStatus.OK
        if found := re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", "")):
            if found[1]:
                first, last = int(found[1]), min(int(found[2] or last), last)
            elif found[2]:
                first = max(0, file.size - int(found[2]))
            if first > last:
                self._head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{file.size}", "Content-Length": "0"})
                return
            status = HTTPStatus.PARTIAL_CONTENT
            headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
        headers["Content-Length"] = str(last - first + 1)
        self._head(status, headers)
        if self._with_body:
            self._send(repository, file, first, last + 1)

    def _send(self, repository: Repository, file: File, first: int, end: int) -> None:
        started = time.monotonic()
        with file.path.open("rb") as source:
            source.seek(first)
            while (left := end - first - self._body_sent) > 0:
                size = min(left, CHUNK)
                if repository.rate is not None:
                    # A tenth of a second's worth at a time, so that a slow line is slow from its first byte on.
                    size = min(size, max(1, repository.rate // 10))
                    ahead = self._body_sent / repository.rate - (time.monotonic() - started)
                    if ahead > 0:
                        time.sleep(ahead)
                if repository.stall_after is not None:
                    size = min(size, repository.stall_after - first - self._body_sent)
                    if size <= 0:
                        return self._stall()
                data = source.read(size)
                if not data:
                    raise ConnectionAbortedError(f"{file.path} became shorter while it was sent")
                self.wfile.write(data)
                self._body_sent += len(data)

    def _stall(self) -> None:
        """Keeps the connection and sends nothing more, until the client goes away."""
        self.close_connection = True
        self.wfile.flush()
        until = time.monotonic() + STALL_SECONDS
        while time.monotonic() < until:
            readable, _, _ = select.select([self.connection], [], [], 1)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self._status = int(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _json(self, status: HTTPStatus, document: object, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(document).encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})})
        if self._with_body:
            self.wfile.write(content)
            self._body_sent += len(content)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing on the console: requests belong to the access log."""


def named(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def named_bytes(text: str) -> tuple[str, int]:
    name, value = named(text)
    if not value.isdecimal() or int(value) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=BYTES, with a whole number above 0")
    return name, int(value)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--repo", required=True, action="append", type=named, metavar="NAME=FOLDER")
    parser.add_argument("--gated", default=[], action="append", metavar="NAME")
    parser.add_argument("--tokens", type=Path, metavar="FILE", help="tokens that are granted everything, one per line")
    parser.add_argument("--rate", default=[], action="append", type=named_bytes, metavar="NAME=BYTES", help="bytes per second and connection")
    parser.add_argument("--stall-after", default=[], action="append", type=named_bytes, metavar="NAME=BYTES", help="no byte of a file beyond this one is ever sent")
    parser.add_argument("--access-log", type=Path, metavar="FILE")
    found = parser.parse_args()
    names = [name for name, _ in found.repo]
    for name in [*found.gated, *dict(found.rate), *dict(found.stall_after)]:
        if name not in names:
            parser.error(f"{name} is not among the repositories: {', '.join(names)}")
    for _, folder in found.repo:
        if not Path(folder).is_dir():
            parser.error(f"{folder} is not a folder")
    return found


def main() -> None:
    wanted = arguments()
    rate, stall_after = dict(wanted.rate), dict(wanted.stall_after)
    repositories = {
        name: Repository(name, Path(folder).resolve(), name in wanted.gated, rate.get(name), stall_after.get(name))
        for name, folder in wanted.repo
    }
    tokens = set(wanted.tokens.read_text(encoding="utf-8").split()) if wanted.tokens else set()
    address, _, port = wanted.listen.rpartition(":")
    hub = Hub((address, int(port)), repositories, tokens, wanted.access_log)
    # From a thread: shutdown() waits for the loop, which could not go on while a signal handler waits in it.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=hub.shutdown).start())
    print(f"listening on http://{address}:{hub.server_address[1]}", flush=True)
    try:
        hub.serve_forever()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    hub.server_close()


if __name__ == "__main__":
    main()
