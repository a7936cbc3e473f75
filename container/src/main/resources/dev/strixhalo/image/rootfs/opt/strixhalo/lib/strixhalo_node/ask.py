"""A real completion, streamed, on the API's own address inside the node: the only proof that a model answers."""

import http.client
import json
import os
import socket
import time

from strixhalo_node import places
from strixhalo_node.client import ask_supervisor
from strixhalo_node.refusal import Refusal, request

# The name of the secret, as the launch calls it.
API_KEY = "api-key"


def main(_):
    question = _where(request(["timeout"]))
    deadline = time.monotonic() + float(question["timeout"])
    try:
        answer = _complete(question, deadline)
    except (socket.timeout, TimeoutError):
        raise Refusal("timeout", "No complete answer came within %s s." % question["timeout"])
    except ConnectionRefusedError:
        raise Refusal("refused", "Nobody listens on %s port %d." % (question["address"], question["port"]))
    except (OSError, http.client.HTTPException) as error:
        raise Refusal("broken", "The connection to the API broke.", [repr(error)])
    print(json.dumps(answer), flush=True)
    return 0


def _where(question):
    """Fills in what the launch that runs here knows: where its API listens, and the key."""
    if "port" not in question:
        status = next(ask_supervisor({"verb": "status"}, 10))
        api = (status.get("about") or {}).get("api") if status.get("ok") else None
        if api is None:
            raise Refusal("no-api", "No launch with an API runs on this node.", status.get("found", ()))
        question.update(address=api["address"], port=api["port"])
    if "apiKey" not in question:
        try:
            with open(os.path.join(places.SECRETS, API_KEY), encoding="utf-8") as file:
                question["apiKey"] = file.read()
        except FileNotFoundError:
            question["apiKey"] = None  # this API asks for none
    return question


def _complete(question, deadline):
    model = question.get("model") or _first_model(question, deadline)
    body = {
        "model": model,
        "prompt": question.get("prompt", "The capital of France is"),
        "max_tokens": int(question.get("maxTokens", 16)),
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
        # An extension of vLLM: with it greedy runs can be compared token by token.
        "return_token_ids": True,
    }
    if "minTokens" in question:
        # Extensions of vLLM, too: exactly so many tokens come, whatever the model would like to say.
        body.update(min_tokens=int(question["minTokens"]), ignore_eos=True)
    begun = time.monotonic()
    connection, response = _send(question, deadline, "POST", "/v1/completions", body)
    first = None
    text, tokens, usage, finish = "", [], {}, None
    for line in _lines(connection, response, deadline):
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            finish = finish or "done"
            break
        piece = json.loads(data)
        if "error" in piece:
            raise Refusal("error", "The API broke off its answer.", [json.dumps(piece["error"])[:500]])
        usage = piece.get("usage") or usage
        for choice in piece.get("choices", ()):
            if first is None:
                first = time.monotonic() - begun
            text += choice.get("text") or ""
            tokens += choice.get("token_ids") or []
            finish = choice.get("finish_reason") or finish
    if first is None or finish is None:
        raise Refusal("cut-off", "The API ended its answer before it was complete.", [repr(text)])
    return {
        "ok": True,
        "model": model,
        "text": text,
        "tokenIds": tokens,
        "tokens": usage.get("completion_tokens", len(tokens)),
        "firstToken": round(first, 4),
        "total": round(time.monotonic() - begun, 4),
        "finish": finish,
    }


def _first_model(question, deadline):
    connection, response = _send(question, deadline, "GET", "/v1/models", None)
    models = json.loads(b"".join(_lines(connection, response, deadline)))
    if not models.get("data"):
        raise Refusal("no-model", "The API serves no model.")
    return models["data"][0]["id"]


def _send(question, deadline, method, path, body):
    connection = http.client.HTTPConnection(question["address"], int(question["port"]), timeout=_left(deadline))
    headers = {"Content-Type": "application/json"}
    if question.get("apiKey"):
        headers["Authorization"] = "Bearer " + question["apiKey"]
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    if response.status != 200:
        said = response.read(2000).decode("utf-8", "replace")
        raise Refusal("http", "The API answered %d to %s." % (response.status, path), [said])
    return connection, response


def _lines(connection, response, deadline):
    """Lines of the answer; the time-out is for the whole of it, not for each piece."""
    while True:
        if connection.sock is not None:
            connection.sock.settimeout(_left(deadline))
        elif _left(deadline) <= 0.001:
            raise socket.timeout()
        line = response.readline()
        if not line:
            return
        yield line


def _left(deadline):
    left = deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout()
    return left
