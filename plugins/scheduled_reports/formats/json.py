"""JSON (RFC 8259): one dataset, every row, with what it reports on and where it comes from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from scheduled_reports.document.document import Document
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.formats.arrow_text import joined, kind_of, slices, texts
from scheduled_reports.formats.base import Format
from scheduled_reports.spec.marks import TableName

if TYPE_CHECKING:
    import pyarrow as pa


class Json(Format):
    """A JSON file of one dataset.

        {
          "report": {"id": "daily_brief", "title": "Daily brief", "description": ""},
          "period": {"start": "2026-10-01T00:00:00+02:00", "end": "2026-10-02T00:00:00+02:00"},
          "provenance": {"schedule_id": …, "run_id": …, "spec_digest": …, "generated_at": …, "owner": …},
          "dataset": "calls",
          "columns": [{"name": "opened_at", "type": "datetime"}, {"name": "minutes", "type": "number"}],
          "row_count": 1204,
          "rows": [
            {"opened_at": "2026-10-01T06:31:07+02:00", "minutes": 12.50}, …
          ]
        }

    Where the report has notices, `"notices": [{"word": "STALE", "text": …}, …]` follows the period; otherwise there is
    no such name.

    A column's `type` is text, integer, number, boolean, date, time, datetime, bytes or nested. UTF-8, not escaped to
    ASCII. Integers and decimals keep every digit (read them with `parse_float=Decimal` where doubles are too coarse);
    NaN and infinity are null; times are ISO 8601; bytes are base64. Each row stands on a line of its own.
    """

    media_type: ClassVar[str] = "application/json"
    extension: ClassVar[str] = "json"
    has_content: ClassVar[bool] = False

    type: Literal["json"]
    dataset: TableName = Field(description="The source or dataset to write, with all its columns and rows.")

    def render(self, document: Document, target: Path) -> None:
        """Stream the dataset to `target`; a few thousand rows are in memory at a time."""
        zone, comma = str(document.period.start.tzinfo), 1
        with target.open("wb") as file:
            file.write(self._head(document)[:-1].encode() + b',"rows":[')
            for rows in slices(document.tables.batches(self.dataset)):
                file.write(_objects(rows, zone).slice(comma))
                comma = 0
            file.write(b"\n]}\n")

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether it has no row, or nothing in any."""
        return shows_nothing(document.tables, self.dataset)

    def _head(self, document: Document) -> str:
        schema = document.tables.read(self.dataset, limit=0).schema
        head = {
            **_about(document),
            "dataset": self.dataset,
            "columns": [{"name": field.name, "type": kind_of(field.type)} for field in schema],
            "row_count": document.tables.rows(self.dataset),
        }
        return json.dumps(head, ensure_ascii=False, separators=(",", ":"))


def _about(document: Document) -> dict[str, Any]:
    source, period = document.provenance, document.period
    notices = [asdict(notice) for notice in document.notices]
    return {
        "report": {"id": source.report_id, "title": document.title, "description": document.description},
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        **({"notices": notices} if notices else {}),
        "provenance": {
            "schedule_id": source.schedule_id, "run_id": source.run_id, "spec_digest": source.spec_digest,
            "generated_at": source.generated_at.isoformat(), "owner": source.owner,
        },
    }  # fmt: skip


def _objects(rows: pa.RecordBatch, zone: str) -> pa.Buffer:
    """Return one object for every row, each after a comma and a line break."""
    parts: list[pa.Array | str] = [",\n{"]
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        parts += [json.dumps(name, ensure_ascii=False) + ":", _values(column, zone), ","]
    parts[-1] = "}"
    return joined(parts, null="null")


def _values(column: pa.Array, zone: str) -> pa.Array:
    """Return a column of JSON values; NULL stays NULL."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text, kind = texts(column, zone, "T"), kind_of(column.type)
    if kind in ("integer", "number", "boolean", "nested"):
        return text
    quote, nothing = pa.scalar('"', pa.large_string()), pa.scalar("", pa.large_string())
    quoted = pc.binary_join_element_wise(quote, text, quote, nothing)
    special = pc.fill_null(pc.match_substring_regex(text, r'["\\\x00-\x1f]'), False)
    if kind != "text" or not pc.any(special).as_py():
        return quoted
    escaped = [json.dumps(value, ensure_ascii=False) for value in text.filter(special).to_pylist()]
    return pc.replace_with_mask(quoted, special, pa.array(escaped, pa.large_string()))
