"""The JSON Schema of a spec, for editors."""

from __future__ import annotations

import json
from pathlib import Path

from scheduled_reports.spec.report import ReportSpec

FILE_NAME = "report.schema.json"


def schema_text() -> str:
    """Return the JSON Schema (draft 2020-12) of a spec."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ReportSpec.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schema(folder: Path) -> Path:
    """Write the schema into `folder` and return its path."""
    target = folder / FILE_NAME
    target.write_text(schema_text(), encoding="utf-8")
    return target
