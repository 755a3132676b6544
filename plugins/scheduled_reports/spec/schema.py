"""The JSON Schema of a spec, for editors.

The models say what a whole spec is. What a file may say is more: `use` in place of a source, a dataset or a block, and,
where it `extends` a template, only what differs from that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scheduled_reports import settings
from scheduled_reports.audience.entries import RECIPIENT
from scheduled_reports.audience.load import directory_of
from scheduled_reports.spec.report import ReportSpec

FILE_NAME = "report.schema.json"

_WITH = {"type": "object", "description": "The values of the parameters that the file declares under `needs`."}
_USE = {
    "type": "object",
    "description": "A definition in include/; the keys beside `use` and `with` take the place of its own.",
    "properties": {
        "use": {"type": "string", "description": "Its file's name in include/sources/ or include/datasets/."},
        "with": _WITH,
    },
    "required": ["use"],
}
_USE_BLOCKS = {
    "type": "object",
    "description": "A list of blocks in include/, put in this place.",
    "properties": {
        "use": {"type": "string", "description": "Its file's name in include/blocks/, without .yaml."},
        "with": _WITH,
    },
    "required": ["use"],
    "additionalProperties": False,
}
_EXTENDS = {"type": "string", "description": "A template in include/templates/ that this spec completes and changes."}


def schema_text(recipients: Iterable[str] = ()) -> str:
    """Return the JSON Schema (draft 2020-12) of a spec.

    Args:
        recipients: The names of people and groups that editors complete where a recipient may stand.
    """
    report = ReportSpec.model_json_schema()
    definitions = report.pop("$defs")
    for section in ("sources", "datasets"):
        entries = report["properties"][section]["patternProperties"]
        report["properties"][section]["patternProperties"] = {name: _or("Use", one) for name, one in entries.items()}
    report["properties"]["content"]["items"] = _or("UseBlocks", report["properties"]["content"]["items"])
    ours = {"Use": _USE, "UseBlocks": _USE_BLOCKS, "Report": report, "ExtendingReport": _extending(report)}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": report["title"],
        "if": {"type": "object", "required": ["extends"]},
        "then": {"$ref": "#/$defs/ExtendingReport"},
        "else": {"$ref": "#/$defs/Report"},
        "$defs": {**definitions, **ours},
    }
    if names := sorted(recipients):
        _complete(schema, names)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _complete(schema: Any, names: list[str]) -> None:
    """Offer names where a recipient may stand; any other text stays allowed."""
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _complete(part, names)
    if isinstance(schema, dict) and schema.get("title") == RECIPIENT:
        schema["examples"] = names


def _or(used: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of an entry, or of a `use` in its place; `if` lets an editor say what is wrong with the one."""
    uses = {"type": "object", "required": ["use"]}
    return {"if": uses, "then": {"$ref": f"#/$defs/{used}"}, "else": entry}


def _extending(report: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a spec that extends a template: no key is needed, null removes one, mappings are merged."""
    properties: dict[str, Any] = {"extends": _EXTENDS, "with": _WITH}
    for name, field in report["properties"].items():
        partial = ["null"] if field.get("type") in {"string", "boolean", "integer", "array"} else ["object", "null"]
        whole = {"$ref": f"#/$defs/Report/properties/{name}"}
        properties[name] = {"description": field["description"], "anyOf": [whole, {"type": partial}]}
    return {
        "type": "object",
        "description": "A spec that says what differs from a template.",
        "properties": properties,
        "required": ["extends"],
        "additionalProperties": False,
    }


def write_schema(folder: Path) -> Path:
    """Write the schema into `folder` and return its path."""
    target = folder / FILE_NAME
    names = directory_of(settings.include_folder(folder)).files
    target.write_text(schema_text(names), encoding="utf-8")
    return target
