"""Brings a model's files to this node, as a phase of its own: what can go wrong with a hub is known before vLLM starts.

Run by the supervisor as a part of a launch. Prints JSON lines: how far it is, then what came of it. The token comes by
HF_TOKEN_PATH, the hub by HF_ENDPOINT; huggingface_hub lies beside vLLM.
"""

import argparse
import json
import os
import threading
import time

from strixhalo_node.refusal import Refusal

POLL_SECONDS = 1.0
WRITTEN_BYTES = 256 * 1024
# Weights for other programs; where a repository has safetensors, vLLM reads no other weights.
NEVER = ("original/", ".pth", ".onnx", ".msgpack", ".h5", ".tflite", ".ot", ".gguf")
OTHER_WEIGHTS = (".bin", ".pt")


def main(arguments):
    parser = argparse.ArgumentParser(prog="strixhalo-node download")
    parser.add_argument("model", help="a name of the hub, or a folder")
    parser.add_argument("--stall", type=float, default=120, help="seconds without a byte after which it fails")
    wanted = parser.parse_args(arguments)
    if wanted.model.startswith("/"):
        answer = _folder(wanted.model)
    else:
        # Its transfer protocol writes in bursts, at the end of long silences: a stall would be seen where none is.
        os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
        answer = _fetch(wanted.model, wanted.stall)
    _say(answer)
    return 0


def _folder(path):
    if not os.path.isdir(path):
        raise Refusal("no-folder", "The folder %s is not there." % path)
    if not os.path.isfile(os.path.join(path, "config.json")):
        found = ", ".join(sorted(os.listdir(path))[:8]) or "it is empty"
        raise Refusal("no-model-in-folder", "The folder %s holds no config.json, so no model." % path, [found])
    return {"ok": True, "path": path, "bytes": 0}


def _fetch(model, stall):
    import huggingface_hub
    import huggingface_hub.constants

    if huggingface_hub.constants.HF_HUB_OFFLINE:
        return _cached(model, None)
    try:
        info = huggingface_hub.HfApi().model_info(model, files_metadata=True, timeout=30)
    except Exception as error:
        refusal = _refusal(model, error)
        if refusal.code == "hub-unreachable":
            return _cached(model, refusal)
        raise refusal
    files = _files(info.siblings)
    if not any(file.rfilename == "config.json" for file in files):
        raise Refusal("no-model", "The repository %s holds no config.json, so no model." % model)
    return _watched(model, files, stall)


def _cached(model, refusal):
    """The files that an earlier download left here; without them the hub's absence is the error."""
    import huggingface_hub
    import huggingface_hub.constants

    try:
        path = huggingface_hub.snapshot_download(model, local_files_only=True)
    except Exception as error:
        if refusal is not None:
            raise refusal
        raise Refusal("offline", "%s is not on this node, and HF_HUB_OFFLINE forbids to fetch it." % model, [_line(error)])
    if not os.path.exists(os.path.join(path, "config.json")):
        raise refusal or Refusal("offline", "%s is on this node in part only, and HF_HUB_OFFLINE forbids the rest." % model)
    return {"ok": True, "path": path, "bytes": 0, "offline": True}


def _files(siblings):
    safetensors = any(file.rfilename.endswith(".safetensors") for file in siblings)
    return [
        file
        for file in siblings
        if not file.rfilename.startswith(NEVER)
        and not file.rfilename.endswith(NEVER)
        and not (safetensors and file.rfilename.endswith(OTHER_WEIGHTS))
    ]


def _watched(model, files, stall):
    """Fetches in a thread and looks at the disk meanwhile: what lies there has really come."""
    import huggingface_hub
    import huggingface_hub.constants

    # Ten megabytes are gathered before they are written, else: on a slow line that looks like a stall.
    huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE = WRITTEN_BYTES
    names = [file.rfilename for file in files]
    total = sum(file.size or 0 for file in files)
    folder = os.path.join(huggingface_hub.constants.HF_HUB_CACHE, "models--" + model.replace("/", "--"), "blobs")
    outcome = {}

    def work():
        try:
            # The names are exact; brackets in one would be read as a pattern.
            patterns = [name.replace("[", "[[]") for name in names]
            outcome["path"] = huggingface_hub.snapshot_download(model, allow_patterns=patterns)
        except Exception as error:
            outcome["error"] = error

    before = _bytes(folder)
    worker = threading.Thread(target=work, name="download", daemon=True)
    worker.start()
    last, moved = before, time.monotonic()
    while worker.is_alive():
        worker.join(POLL_SECONDS)
        here = _bytes(folder)
        if here != last:
            last, moved = here, time.monotonic()
        _say({"bytes": min(here, total), "total": total})
        if worker.is_alive() and time.monotonic() - moved > stall:
            _say(
                Refusal(
                    "stalled",
                    "No byte of %s came for %d s." % (model, stall),
                    ["%d of %d bytes are here; the next download goes on from there" % (here, total)],
                ).as_json()
            )
            # The thread hangs in the network; only the end of the process ends it.
            os._exit(1)
    if "error" in outcome:
        raise _refusal(model, outcome["error"])
    return {"ok": True, "path": outcome["path"], "bytes": max(0, _bytes(folder) - before), "total": total}


def _bytes(folder):
    """What the files of a folder hold on disk; a file that is being moved counts once or not at all."""
    count = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    count += entry.stat().st_size
                except FileNotFoundError:
                    continue
    except FileNotFoundError:
        return 0
    return count


def _refusal(model, error):
    """Turns what huggingface_hub raises into a word and a sentence; by names, since versions differ in their classes."""
    names = [kind.__name__ for kind in type(error).__mro__]
    status = getattr(getattr(error, "response", None), "status_code", None)
    token = _has_token()
    if "GatedRepoError" in names:
        if token:
            return Refusal("gated-refused", "%s is gated, and the hub refuses our token." % model, [_line(error)])
        return Refusal("gated", "%s is gated, and we have no token." % model, [_line(error)])
    if status == 401 and token:
        return Refusal("token-refused", "The hub refuses our token.", [_line(error)])
    if "RepositoryNotFoundError" in names or "HFValidationError" in names or status == 404:
        return Refusal("absent", "The hub has no model %s, or does not show it to us." % model, [_line(error)])
    if isinstance(error, OSError) and error.errno == 28:
        return Refusal("disk-full", "The disk of the Hugging Face cache is full.", [_line(error)])
    if status is not None:
        return Refusal("hub-error", "The hub answered %d." % status, [_line(error)])
    return Refusal("hub-unreachable", "The hub cannot be reached.", [_line(error)])


def _has_token():
    import huggingface_hub
    import huggingface_hub.constants

    return bool(huggingface_hub.get_token())


def _line(error):
    text = " ".join(str(error).split())
    return "%s: %s" % (type(error).__name__, text[:400])


def _say(value):
    print(json.dumps(value), flush=True)
