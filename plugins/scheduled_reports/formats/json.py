"""JSON (RFC 8259): one dataset, every row, with what it reports on and where it comes from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal

from scheduled_reports.data_files.data_file import Rows
from scheduled_reports.data_files.objects import dumped
from scheduled_reports.data_files.objects_file import ObjectsFile
from scheduled_reports.document.document import Document
from scheduled_reports.value_kinds import kind_of

SCHEMA = Path(__file__).parents[1] / "data_files" / "report_data.schema.json"
"""JSON Schema (Draft 2020-12) of the files that this format writes."""


class Json(ObjectsFile):
    """A JSON file of one dataset.

        {
          "report": {"id": "daily_brief", "title": "Daily brief", "description": ""},
          "period": {"start": "2026-10-01T00:00:00+02:00", "end": "2026-10-02T00:00:00+02:00", "label": …},
          "provenance": {
            "schedule_id": …, "run_id": …, "spec_digest": …, "commit": …, "generated_at": …, "owner": …, "url": …,
            "freshness": [{"source": "calls", "read_at": …, "newest": …}]
          },
          "dataset": "calls",
          "columns": [{"name": "opened_at", "type": "datetime"}, {"name": "minutes", "type": "number"}],
          "row_count": 1204,
          "rows": [
            {"opened_at": "2026-10-01T06:31:07+02:00", "minutes": 12.50}, …
          ]
        }

    `data_files/report_data.schema.json` is its JSON Schema. Where the report has notices, `"notices": [{"word":
    "STALE", "text": …}, …]` follows the period; otherwise there is no such name.

    A column's `type` is text, integer, number, boolean, date, time, datetime, bytes or nested. UTF-8, not escaped to
    ASCII. Integers and decimals keep every digit (read them with `parse_float=Decimal` where doubles are too coarse);
    NaN and infinity are null; times are ISO 8601; bytes are base64. Each row stands on a line of its own.
    """

    media_type: ClassVar[str] = "application/json"
    extension: ClassVar[str] = "json"

    type: Literal["json"]

    def render(self, document: Document, target: Path) -> None:
        """Stream the dataset to `target`; a few thousand rows are in memory at a time.

        Raises:
            RenderError: The dataset lacks a column.
            SourceError: The run has no such table, or it cannot be read.
        """
        with self.begun(document, target, ",\n") as (file, rows, parts):
            file.write(self._head(document, rows)[:-1].encode() + b',"rows":[')
            before = b"\n"
            for part in parts:
                file.write(before + part)
                before = b",\n"
            file.write(b"\n]}\n")

    def _head(self, document: Document, rows: Rows) -> str:
        columns = [{"name": field.name, "type": kind_of(field.type)} for field in rows.schema]
        return dumped({**about(document), "dataset": self.dataset, "columns": columns, "row_count": rows.count})


def about(document: Document) -> dict[str, Any]:
    """Return what a file of data reports on, and where it comes from."""
    source, period = document.provenance, document.period
    notices = [asdict(notice) for notice in document.notices]
    return {
        "report": {"id": source.report_id, "title": document.title, "description": document.description},
        "period": {
            "start": period.start.isoformat(), "end": period.end.isoformat(), "label": document.period_label,
        },
        **({"notices": notices} if notices else {}),
        "provenance": {
            "schedule_id": source.schedule_id, "run_id": source.run_id, "spec_digest": source.spec_digest,
            "commit": source.commit, "generated_at": source.generated_at.isoformat(), "owner": source.owner,
            "url": source.url, "freshness": _freshness(document),
        },
    }  # fmt: skip


def _freshness(document: Document) -> list[dict[str, str | None]]:
    zone = document.provenance.generated_at.tzinfo
    return [
        {
            "source": fact.source,
            "read_at": fact.read_at.astimezone(zone).isoformat(),
            "newest": fact.newest.astimezone(zone).isoformat() if fact.newest else None,
        }
        for fact in document.provenance.freshness
    ]
