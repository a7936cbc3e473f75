"""Tests of the all-reduce program that need no torch: what ranks put in, and that every wrong value is seen.

Argument: the program. A stand-in for torch has just what the pattern uses.
"""

import importlib.util
import sys
import types
import unittest

spec = importlib.util.spec_from_file_location("all_reduce", sys.argv.pop(1))
all_reduce = importlib.util.module_from_spec(spec)
spec.loader.exec_module(all_reduce)


class Values(list):
    """As much of a tensor as the pattern uses."""

    def __add__(self, number):
        return Values(value + number for value in self)

    def __mod__(self, number):
        return Values(value % number for value in self)

    def __iadd__(self, other):
        return Values(a + b for a, b in zip(self, other))

    def __ne__(self, other):
        return Values(a != b for a, b in zip(self, other))

    def to(self, kind):
        return Values(kind(value) for value in self)

    def sum(self):
        return types.SimpleNamespace(item=lambda: sum(self))


torch = types.SimpleNamespace(
    arange=lambda length, device, dtype: Values(range(length)), int32=int, float32=float
)


class PatternTest(unittest.TestCase):
    def setUp(self):
        self.pattern = all_reduce.Pattern(torch, 1000, 2, "cpu")

    def reduced(self, turn):
        """What a right all-reduce gives."""
        first, second = self.pattern.given(turn, 0), self.pattern.given(turn, 1)
        return Values(a + b for a, b in zip(first, second))

    def test_the_right_sum_is_right(self):
        for turn in range(300):
            self.assertEqual(self.pattern.wrong(turn, self.reduced(turn)), 0)

    def test_one_wrong_value_is_seen(self):
        result = self.reduced(5)
        result[999] += 1
        self.assertEqual(self.pattern.wrong(5, result), 1)

    def test_not_a_number_is_wrong(self):
        result = self.reduced(5)
        result[0] = float("nan")
        self.assertEqual(self.pattern.wrong(5, result), 1)

    def test_the_sum_of_the_round_before_is_wrong_everywhere(self):
        self.assertGreater(self.pattern.wrong(6, self.reduced(5)), 900)

    def test_ones_own_values_are_wrong(self):
        self.assertGreater(self.pattern.wrong(5, self.pattern.given(5, 0)), 900)

    def test_ranks_and_rounds_differ(self):
        self.assertNotEqual(list(self.pattern.given(0, 0)), list(self.pattern.given(0, 1)))
        self.assertNotEqual(list(self.pattern.given(0, 0)), list(self.pattern.given(1, 0)))


class MedianTest(unittest.TestCase):
    def test_odd_and_even(self):
        self.assertEqual(all_reduce.median([3, 1, 2]), 2)
        self.assertEqual(all_reduce.median([4, 1, 2, 3]), 2.5)


class WithoutTorchTest(unittest.TestCase):
    def test_it_says_so(self):
        sys.modules["torch"] = None
        self.assertEqual(all_reduce.main(["0", "2", "127.0.0.1", "0", "5"]), 3)


if __name__ == "__main__":
    unittest.main()
