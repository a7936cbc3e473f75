"""Verbs that pass a request to the supervisor and print what it answers."""

import argparse
import json
import socket
import subprocess
import sys

from strixhalo_node import places, pulse
from strixhalo_node.refusal import Refusal, request

# Longer than a part's grace and the kill after it, for every part that a launch can have.
STOP_SECONDS = 180


def start(_):
    return _once(dict(request(["launch", "parts"]), verb="start"), 60)


def status(_):
    return _once({"verb": "status"}, 10)


def ready(_):
    return _once(dict(request(["about"]), verb="ready"), 10)


def stop(arguments):
    """With ``--part`` that part alone; without it everything goes and the launch is over."""
    parser = argparse.ArgumentParser(prog="strixhalo-node stop")
    parser.add_argument("--part", help="end this part alone")
    parser.add_argument("--launch", help="do nothing unless this is the launch that is here")
    wanted = parser.parse_args(arguments)
    return _once({"verb": "stop", "part": wanted.part, "launch": wanted.launch}, STOP_SECONDS)


def follow(_):
    """Ends when the launch is over, or ready, or nobody listens any more."""
    pulse.end_without()
    # The supervisor speaks at least every two seconds.
    for answer in ask_supervisor({"verb": "follow"}, 30):
        print(json.dumps(answer), flush=True)
        if answer.get("event") == "ready":
            return 0
        if answer.get("ok") is False:
            return 1
    return 0


def ray_status(_):
    """Runs ``ray status`` with the environment of this launch's Ray, which holds the way to the token."""
    environment = next(ask_supervisor({"verb": "environment", "part": "ray"}, 10))
    if not environment.get("ok", True):
        print(json.dumps(environment), flush=True)
        return 1
    try:
        done = subprocess.run(
            ["ray", "status"],
            env=environment["environment"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal("timeout", "'ray status' did not answer within 30 s.")
    except OSError as error:
        raise Refusal("cannot-start", "ray cannot be started.", [str(error)])
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    print(json.dumps({"ok": done.returncode == 0, "exit": done.returncode, "lines": lines}), flush=True)
    return 0 if done.returncode == 0 else 1


def ask_supervisor(message, seconds):
    """Sends one request and yields its answers; each must come within ``seconds``."""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(seconds)
        try:
            door.connect(places.SOCKET)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise Refusal("no-supervisor", "No supervisor answers in this container.", [str(error)], exit_code=3)
        with door.makefile("rw", encoding="utf-8") as stream:
            try:
                stream.write(json.dumps(message) + "\n")
                stream.flush()
                for line in stream:
                    yield json.loads(line)
            except socket.timeout:
                raise Refusal("timeout", "The supervisor said nothing for %d s." % seconds, exit_code=3)
            except (ConnectionResetError, BrokenPipeError):
                raise Refusal("no-supervisor", "The supervisor ended.", exit_code=3)


def _once(message, seconds):
    for answer in ask_supervisor(message, seconds):
        print(json.dumps(answer), flush=True)
        return 0 if answer.get("ok") else 1
    print("the supervisor closed the connection", file=sys.stderr)
    return 3
