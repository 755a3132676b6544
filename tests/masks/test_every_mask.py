"""What holds for each kind of mask, whatever the values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masks.masked import masked, masking
from scheduled_reports.errors import SourceError
from scheduled_reports.masks import AnyMask, Mask
from scheduled_reports.registry import type_of

texts = st.lists(st.none() | st.text("ghijklmnopqrstuvwxyz@.", min_size=3, max_size=20), max_size=12)

TYPES: dict[pa.DataType, Any] = {
    pa.string(): "ghijk",
    pa.large_string(): "ghijk",
    pa.dictionary(pa.int32(), pa.string()): "ghijk",
    pa.int64(): 47,
    pa.int16(): 47,
    pa.float64(): 47.5,
    pa.decimal128(12, 2): Decimal("47.50"),
    pa.bool_(): True,
    pa.date32(): dt.date(1984, 5, 17),
    pa.time64("us"): dt.time(12, 30),
    pa.timestamp("us"): dt.datetime.fromisoformat("1984-05-17T12:30"),
    pa.timestamp("us", "UTC"): dt.datetime(1984, 5, 17, 12, 30, tzinfo=dt.UTC),
    pa.binary(): b"ghijk",
    pa.list_(pa.string()): ["ghijk"],
    pa.struct([("a", pa.int64())]): {"a": 1},
    pa.null(): None,
}

WRITTEN: list[Any] = [
    "null", "keep", "hash", "pseudonym", "partial", {"type": "generalise", "to": "year"},
    {"type": "generalise", "step": 10}, {"type": "generalise", "keep_first": 2},
]  # fmt: skip


def test_every_kind_is_tried_here() -> None:
    kinds = {type_of(kind) for kind in AnyMask.__args__[0].__args__}

    assert kinds == {"drop", *(mask if isinstance(mask, str) else mask["type"] for mask in WRITTEN)}
    assert all(issubclass(kind, Mask) for kind in AnyMask.__args__[0].__args__)


@pytest.mark.parametrize("mask", WRITTEN, ids=str)
@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_a_mask_fits_a_type_and_gives_what_it_says_or_names_both(kind: pa.DataType, mask: Any) -> None:
    try:
        found = masked([TYPES[kind], None, TYPES[kind]], kind, mask)
    except SourceError as error:
        with pytest.raises(SourceError, match=r"source 'people': the mask .* does not fit column 'value', which is"):
            raise error from None
        return
    assert found.type == masking(kind, mask).schema.field("value").type
    assert found[1].as_py() is None
    assert found[0].as_py() == found[2].as_py()


@given(texts)
def test_hash_and_pseudonym_keep_equality_and_nothing_else(values: list[str | None]) -> None:
    for mask in ("hash", "pseudonym"):
        found = masked(values, pa.string(), mask).to_pylist()

        assert [value is None for value in found] == [value is None for value in values]
        assert len(set(found)) == len(set(values)) == len(set(zip(values, found, strict=True)))
        together = " ".join(value for value in found if value)
        assert not any(value[at : at + 3] in together for value in values if value for at in range(len(value) - 2))


@given(texts)
def test_null_keeps_the_number_of_rows_and_the_type_alone(values: list[str | None]) -> None:
    found = masked(values, pa.large_string(), "null")

    assert found.type == pa.large_string()
    assert found.to_pylist() == [None] * len(values)


def test_drop_leaves_no_column() -> None:
    found = masking(pa.string(), "drop")

    assert found.schema.names == ["other"]
    batch = pa.RecordBatch.from_pydict({"value": ["secret"], "other": [1]}, schema=found.given)
    assert next(found.batches([batch])).to_pydict() == {"other": [1]}


def test_a_column_that_may_not_be_empty_can_be_emptied() -> None:
    found = masking(pa.string(), "null")
    strict = pa.schema([pa.field("value", pa.string(), nullable=False), pa.field("other", pa.int64())])

    assert type(found)(strict, found.masks, found.secrets, found.what).schema.field("value").nullable
