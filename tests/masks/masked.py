"""Columns masked in tests, as a run masks them: batch by batch."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from scheduled_reports.columns import Column
from scheduled_reports.masking import Masking
from scheduled_reports.masks import Secrets

SECRETS = Secrets(b"k" * 32, b"r" * 32, "Europe/Berlin")


def masking(kind: pa.DataType, mask: Any, secrets: Secrets = SECRETS) -> Masking:
    """Return the masking of a column `value` as the spec writes `mask`."""
    schema = pa.schema([("value", kind), ("other", pa.int64())])
    return Masking(schema, {"value": Column(mask=mask).mask["default"]}, secrets, lambda _: "source 'people'")


def masked(values: list[Any], kind: pa.DataType, mask: Any, secrets: Secrets = SECRETS, size: int = 2) -> pa.Array:
    """Return the values masked, `size` rows at a time."""
    found = masking(kind, mask, secrets)
    found.require()
    others = pa.array(range(len(values)), pa.int64())
    batch = pa.RecordBatch.from_arrays([pa.array(values, kind), others], schema=found.given)
    parts = [batch.slice(at, size) for at in range(0, len(values), size)]
    table = pa.Table.from_batches(found.batches(parts), schema=found.schema)
    assert table["other"].to_pylist() == others.to_pylist()
    return table["value"].combine_chunks()
