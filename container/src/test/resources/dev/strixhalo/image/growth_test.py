"""What would grow for as long as a service runs, and does not. argv: folder of strixhalo_node."""

import os
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, sys.argv.pop(1))

from strixhalo_node import journal, logs, places, processes, ray_sessions  # noqa: E402
from strixhalo_node.part import Part  # noqa: E402


class GrowthTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def test_a_log_is_set_aside_once_and_no_line_is_lost_to_who_reads(self):
        kept = journal.Journal(self.folder, "20261123-120000-abcd", lambda text: text)
        with mock.patch.object(journal, "FILE_BYTES", 2000):
            for number in range(100):
                kept.line("vllm", "line %d" % number)
        inside = os.path.join(self.folder, "20261123-120000-abcd")
        sizes = {name: os.path.getsize(os.path.join(inside, name)) for name in os.listdir(inside)}
        self.assertEqual({"vllm.log", "vllm.log.1"}, set(sizes))
        self.assertLess(max(sizes.values()), 2100)

        tail = logs._tail(inside, "vllm.log", 60, {})

        self.assertEqual(["line %d" % number for number in range(40, 100)], [entry["text"] for entry in tail])
        kept.close()

    def test_what_was_said_is_remembered_up_to_a_number(self):
        kept = journal.Journal(self.folder, "20261123-120000-abcd", lambda text: text)
        with mock.patch.object(kept, "_entries", kept._entries.__class__(maxlen=10)):
            for number in range(30):
                kept.line("vllm", str(number))
            entries, count = kept.follow(0, 0)
        self.assertEqual(30, count)
        self.assertEqual([str(number) for number in range(20, 30)], [entry["text"] for entry in entries])
        kept.close()

    def test_a_part_forgets_helpers_and_segments_that_are_gone(self):
        kept = journal.Journal(self.folder, "20261123-120000-abcd", lambda text: text)
        part = Part({"name": "part", "argv": ["sleep", "60"], "environment": {}}, kept)
        part.start(dict(os.environ))
        helper = subprocess.Popen(["sleep", "60"])
        part.family[helper.pid] = processes.read(helper.pid).started
        part.shared_memory["/dev/shm/strixhalo-test-nothing"] = [1, 2]
        try:
            part.look(processes.all_processes(), processes.segments())
            self.assertEqual({part.pid, helper.pid}, set(part.family))
            self.assertEqual({}, part.shared_memory)

            helper.kill()
            helper.wait()
            part.look(processes.all_processes(), processes.segments())
            self.assertEqual({part.pid}, set(part.family))
        finally:
            helper.kill()
            helper.wait()
            part.end(lambda: (part.poll(), part.look(processes.all_processes(), None)), 5)
            kept.close()

    def test_sessions_of_ray_go_but_for_the_last_two_and_those_in_use(self):
        names = ["session_2026-11-2%d_12-00-00_000000_17" % day for day in range(1, 6)]
        for name in names + ["session_latest", "prom_metrics_service_discovery.json"]:
            os.mkdir(os.path.join(self.folder, name))
        user = subprocess.Popen(["sh", "-c", "sleep 60; : " + names[0]])
        try:
            with mock.patch.object(places, "RAY", self.folder):
                self.assertEqual(names[1:3], ray_sessions.forget_old())
        finally:
            user.kill()
            user.wait()
        self.assertEqual(
            sorted([names[0], *names[3:], "session_latest", "prom_metrics_service_discovery.json"]),
            sorted(os.listdir(self.folder)),
        )

    def test_without_ray_there_is_nothing_to_forget(self):
        with mock.patch.object(places, "RAY", os.path.join(self.folder, "none")):
            self.assertEqual([], ray_sessions.forget_old())


if __name__ == "__main__":
    unittest.main()
