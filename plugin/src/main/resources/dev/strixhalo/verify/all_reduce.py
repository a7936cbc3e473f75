"""One rank of an all-reduce among the nodes: how long it takes, and whether every value of the result is right.

Arguments: rank, number of ranks, address of rank 0, port of its store (0: rank 0 takes a free one and tells it), seconds
for all of it. Prints JSON, a line each: "port", "about", "size" for each size, "done", or "failed" with the reason. A size
is measured in rounds; each rank fills its tensor with whole numbers that depend on place, round and rank, so that the sum
is exact in float32 and no round can pass with the result of another.
"""

import json
import os
import sys
import threading
import time

# The sizes that a token's activations have on two nodes (hidden size times two bytes, a few tokens), and a large one.
SIZES = [(16 << 10, 200), (20 << 10, 200), (48 << 10, 200), (64 << 10, 200), (64 << 20, 3)]
WARM_UP = 10
MODULUS = 251


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def start_of(turn, rank):
    """Where in the cycle of numbers a rank begins in a round; no two rounds in a row and no two ranks are alike."""
    return (turn * 7 + rank * 13) % MODULUS


def median(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class Pattern:
    """What a rank puts in, and what has to come out."""

    def __init__(self, torch, length, ranks, device):
        self.places = torch.arange(length, device=device, dtype=torch.int32)
        self.ranks = ranks
        self.torch = torch

    def given(self, turn, rank):
        return ((self.places + start_of(turn, rank)) % MODULUS).to(self.torch.float32)

    def sum(self, turn):
        total = self.given(turn, 0)
        for rank in range(1, self.ranks):
            total += self.given(turn, rank)
        return total

    def wrong(self, turn, result):
        """How many values are not the sum; NaN is not equal to anything."""
        return int((result != self.sum(turn)).sum().item())


def measure(torch, dist, size, rounds, rank, ranks, device):
    """The times of all rounds in microseconds, and how many values were wrong in them and in the warm-up."""
    pattern = Pattern(torch, size // 4, ranks, device)
    warm_up = min(WARM_UP, rounds)
    times = []
    wrong = 0
    for turn in range(warm_up + rounds):
        tensor = pattern.given(turn, rank)
        settle(torch, device)
        began = time.perf_counter_ns()
        dist.all_reduce(tensor)
        settle(torch, device)
        took = (time.perf_counter_ns() - began) / 1000
        if turn >= warm_up:
            times.append(took)
        wrong += pattern.wrong(turn, tensor)
    return times, wrong


def settle(torch, device):
    if device == "cuda":
        torch.cuda.synchronize()


def over_all(torch, dist, value, operation, device):
    tensor = torch.tensor([float(value)], dtype=torch.float64, device=device)
    dist.all_reduce(tensor, op=operation)
    return tensor.item()


def run(rank, ranks, address, port, seconds):
    import datetime

    import torch
    import torch.distributed as dist

    device = "cuda" if torch.cuda.is_available() else "cpu"
    backend = "nccl" if device == "cuda" else "gloo"
    if device == "cuda":
        torch.cuda.set_device(0)
    patience = datetime.timedelta(seconds=seconds)
    store = dist.TCPStore(address, port, ranks, rank == 0, timeout=patience, wait_for_workers=False)
    if rank == 0:
        say("port", port=store.port)
    dist.init_process_group(backend, store=store, rank=rank, world_size=ranks, timeout=patience)
    if rank == 0:
        say("about", backend=backend, device=device, torch=torch.__version__)
    for size, rounds in SIZES:
        times, wrong = measure(torch, dist, size, rounds, rank, ranks, device)
        slowest = over_all(torch, dist, median(times), dist.ReduceOp.MAX, device)
        all_wrong = over_all(torch, dist, wrong, dist.ReduceOp.SUM, device)
        if rank == 0:
            say("size", bytes=size, median_us=round(slowest, 1), rounds=rounds + min(WARM_UP, rounds), wrong=int(all_wrong))
    dist.barrier()
    dist.destroy_process_group()
    say("done")


def main(arguments):
    rank, ranks, address, port, seconds = arguments
    # Nobody else ends a program behind 'podman exec' when its caller is gone, and a collective may hang for ever.
    watch = threading.Timer(float(seconds), lambda: os._exit(124))
    watch.daemon = True
    watch.start()
    try:
        run(int(rank), int(ranks), address, int(port), int(seconds))
    except ImportError as error:
        say("failed", why="no torch there: %s" % error)
        return 3
    except Exception as error:  # whatever torch throws is the reason that the user gets to see
        say("failed", why="%s: %s" % (type(error).__name__, str(error).strip().split("\n")[0]))
        return 1
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # Threads of gloo and RCCL may wait for a peer that is gone.
    os._exit(code)
