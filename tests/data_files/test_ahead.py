"""Parts of a file, made on several threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from scheduled_reports.data_files.ahead import in_order, threads


def test_parts_come_in_their_order() -> None:
    first = threading.Event()

    def slow(number: int) -> int:
        if number == 0 and threads() > 1:
            first.wait(10)
        first.set()
        return number

    assert list(in_order(slow, range(100))) == list(range(100))


def test_only_a_few_parts_are_made_before_they_are_taken() -> None:
    taken = 0

    def parts() -> Iterator[int]:
        nonlocal taken
        for number in range(1_000):
            taken += 1
            yield number

    made = in_order(str, parts())
    assert next(made) == "0"
    assert taken <= 2 * threads() + 2


def test_an_error_is_raised_in_its_turn() -> None:
    made = in_order(lambda number: 1 // (number - 3), range(10))
    assert [next(made) for _ in range(3)] == [-1, -1, -1]
    with pytest.raises(ZeroDivisionError):
        next(made)
