"""What a model's config.json says of its size. Where it lies is looked up as the running vLLM would, never downloaded."""

import argparse
import json
import os

from strixhalo_node.client import ask_supervisor
from strixhalo_node.refusal import Refusal

# Families of models name the same things differently.
LAYERS = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
HIDDEN = ("hidden_size", "n_embd", "d_model")
DTYPE = ("dtype", "torch_dtype")
# A model that also sees or hears keeps its language part in a configuration of its own.
INNER = ("text_config", "llm_config", "language_config", "thinker_config")


def main(arguments):
    parser = argparse.ArgumentParser(prog="strixhalo-node model")
    parser.add_argument("model", help="a name of the hub, or a folder")
    model = parser.parse_args(arguments).model
    path = os.path.join(_folder(model), "config.json")
    try:
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
    except (OSError, ValueError) as error:
        raise Refusal("no-config", "The configuration of %s cannot be read." % model, ["%s: %s" % (path, error)])
    if not isinstance(config, dict):
        raise Refusal("no-config", "The configuration of %s is no JSON object." % model, [path])
    levels = _levels(config)
    print(
        json.dumps(
            {
                "ok": True,
                "layers": _number(levels, LAYERS),
                "hidden": _number(levels, HIDDEN),
                "dtype": _word(levels, DTYPE),
            }
        ),
        flush=True,
    )
    return 0


def _folder(model):
    if model.startswith("/"):
        return model
    # Where the cache is may be said by a variable that only the launch has.
    running = next(ask_supervisor({"verb": "environment", "part": "vllm"}, 10))
    os.environ.update(running.get("environment") or {})
    try:
        import huggingface_hub

        return huggingface_hub.snapshot_download(model, local_files_only=True, allow_patterns=["config.json"])
    except Exception as error:  # huggingface_hub's classes differ from version to version
        raise Refusal("no-config", "The configuration of %s is not in the cache." % model, [" ".join(str(error).split())[:400]])


def _levels(config):
    """The configuration of the language part first, then what is around it."""
    levels = [config]
    for name in INNER:
        if isinstance(config.get(name), dict):
            levels = _levels(config[name]) + levels
    return levels


def _number(levels, names):
    for level in levels:
        for name in names:
            if type(level.get(name)) is int and level[name] > 0:
                return level[name]
    return None


def _word(levels, names):
    for level in levels:
        for name in names:
            if isinstance(level.get(name), str):
                return level[name]
    return None
