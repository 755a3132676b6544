"""Partial leaves what a text is recognised by, and never more than half of it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from masks.masked import masked
from scheduled_reports.columns import Column


@pytest.mark.parametrize(
    ("value", "mask", "found"),
    [
        ("ann@northwind.example", "partial", "a***@northwind.example"),
        ("a@northwind.example", "partial", "***mple"),
        ("+49 30 1234567", "partial", "***4567"),
        ("12345678", "partial", "***5678"),
        ("1234567", "partial", "***"),
        ("", "partial", "***"),
        ("Zoë 王 Müller", {"type": "partial", "keep_first": 2}, "Zo***"),
        ("DE89370400440532013000", {"type": "partial", "keep_first": 4, "keep_last": 2}, "DE89***00"),
        ("DE893704004", {"type": "partial", "keep_first": 4, "keep_last": 2}, "***"),
        ("ann@northwind.example", {"type": "partial", "keep_last": 3}, "***ple"),
    ],
)
def test_what_stays(value: str, mask: Any, found: str) -> None:
    assert masked([value], pa.string(), mask).to_pylist() == [found]


@given(st.text(max_size=40), st.integers(0, 20), st.integers(0, 20))
def test_at_most_half_of_what_is_no_address_stays(value: str, first: int, last: int) -> None:
    if first + last:
        mask = {"type": "partial", "keep_first": first, "keep_last": last}
        (found,) = masked([value], pa.string(), mask).to_pylist()
        assert len(found) - 3 <= len(value) / 2


def test_to_keep_nothing_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="it keeps nothing; write `null`"):
        Column(mask={"type": "partial", "keep_first": 0})
