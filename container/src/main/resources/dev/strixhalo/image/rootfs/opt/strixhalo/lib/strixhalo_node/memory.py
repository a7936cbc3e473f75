"""How much memory a launch holds: of the machine and of its GPUs."""

import glob
import os

from strixhalo_node import processes


def of_processes(pids):
    return sum(processes.resident_bytes(pid) for pid in pids)


def of_gpus():
    """Per card the bytes in use and in all; on an APU what counts is GTT, the carve-out is added to it."""
    cards = []
    for total_file in sorted(glob.glob("/sys/class/drm/card*/device/mem_info_gtt_total")):
        folder = os.path.dirname(total_file)
        values = [_number(folder, name) for name in ("gtt_used", "vram_used", "gtt_total", "vram_total")]
        if None not in values:
            card = os.path.basename(os.path.dirname(folder))
            cards.append({"card": card, "used": values[0] + values[1], "total": values[2] + values[3]})
    return cards


def _number(folder, name):
    try:
        with open(os.path.join(folder, "mem_info_" + name)) as file:
            return int(file.read())
    except (OSError, ValueError):
        return None
