"""Parts of a stream that are compressed each by itself and joined."""

from __future__ import annotations

import random
import zlib

import pytest

from scheduled_reports.typeset.packed import joined, packed

CHANCE = random.Random(7)


@pytest.mark.parametrize("sizes", [(), (0,), (1,), (0, 5_000, 0), (100_000, 3, 70_000), (1, 2, 3, 4, 5, 6)])
def test_joined_parts_are_one_stream_that_any_reader_unpacks(sizes: tuple[int, ...]) -> None:
    parts = [CHANCE.randbytes(size) for size in sizes]

    assert zlib.decompress(joined(map(packed, parts))) == b"".join(parts)


def test_text_of_highest_bytes_keeps_its_check_sum_in_range() -> None:
    part = b"\xff" * 200_000

    assert zlib.decompress(joined([packed(part)] * 3)) == part * 3


def test_a_part_can_be_had_back() -> None:
    assert packed(b"q\n1 0 0 1 0 0 cm\nQ\n").plain() == b"q\n1 0 0 1 0 0 cm\nQ\n"
