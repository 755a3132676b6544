"""Digests are keyed: the same for equal values, and for nobody to find by trying."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from masks.masked import SECRETS, masked

EMAIL = "ann@northwind.example"


def test_a_pseudonym_is_the_hmac_of_the_value_by_the_key_of_the_deployment() -> None:
    digest = hmac.new(SECRETS.stable, EMAIL.encode(), "sha256").hexdigest()

    assert masked([EMAIL], pa.string(), "pseudonym").to_pylist() == [digest[:16]]
    longer = {"type": "pseudonym", "prefix": "Customer ", "digits": 64}
    assert masked([EMAIL], pa.string(), longer).to_pylist() == [f"Customer {digest}"]


def test_a_hash_is_another_in_each_run_and_a_pseudonym_the_same() -> None:
    later = replace(SECRETS, of_run=b"s" * 32)

    assert masked([EMAIL], pa.string(), "hash") != masked([EMAIL], pa.string(), "hash", later)
    assert masked([EMAIL], pa.string(), "pseudonym") == masked([EMAIL], pa.string(), "pseudonym", later)


def test_a_hash_is_not_what_anybody_can_compute() -> None:
    (found,) = masked([EMAIL], pa.string(), "hash").to_pylist()

    assert len(found) == 64
    assert found != hashlib.sha256(EMAIL.encode()).hexdigest()


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (7, pa.int64(), "7"),
        (7, pa.int16(), "7"),
        (Decimal("12.50"), pa.decimal128(9, 2), "12.50"),
        (dt.date(2026, 10, 1), pa.date32(), "2026-10-01"),
        (b"7", pa.binary(), "7"),
        ("7", pa.large_string(), "7"),
        ("7", pa.dictionary(pa.int8(), pa.string()), "7"),
    ],
)
def test_a_key_that_is_text_in_one_source_and_not_in_another_still_joins(
    value: object, kind: pa.DataType, text: str
) -> None:
    assert masked([value], kind, "pseudonym") == masked([text], pa.string(), "pseudonym")
