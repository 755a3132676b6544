"""What the docs of content, charts, brands and formats show is valid, and nothing is missing there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import TypeAdapter

from scheduled_reports.document import AnyBlock, Block
from scheduled_reports.document.column import Rule, TableColumn
from scheduled_reports.document.table_block import TableBlock
from scheduled_reports.formats import AnyFormat
from scheduled_reports.spec.yaml import CoreSchemaLoader
from session import ROOT

DOCS = ROOT / "docs"
READ: TypeAdapter[Block] = TypeAdapter(AnyBlock)
KINDS = {kind.model_fields["type"].annotation.__args__[0]: kind for kind in get_args(get_args(AnyBlock)[0])}


def examples(name: str) -> list[Any]:
    text = (DOCS / name).read_text(encoding="utf-8")
    return [yaml.load(found, CoreSchemaLoader) for found in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def blocks_of(found: Any) -> list[Any]:
    entries = found.get("content", [found]) if isinstance(found, dict) else found
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("type") in KINDS]


@pytest.mark.parametrize("name", ["content.md", "charts.md", "gallery.md"])
def test_every_block_that_is_shown_is_valid(name: str) -> None:
    blocks = [block for found in examples(name) for block in blocks_of(found)]

    assert blocks
    assert all(READ.validate_python(block) for block in blocks)


def test_no_block_and_no_format_is_missing() -> None:
    content, formats = ((DOCS / name).read_text(encoding="utf-8") for name in ("content.md", "formats.md"))

    assert [kind for kind in KINDS if f"| `{kind}` |" not in content] == []
    names = {kind.model_fields["type"].annotation.__args__[0] for kind in get_args(get_args(AnyFormat)[0])}
    assert [name for name in names if f"`{name}`" not in formats] == []


def test_every_block_has_a_picture_in_the_gallery() -> None:
    shown = {block["type"] for found in examples("gallery.md") for block in blocks_of(found)}
    pictures = re.findall(r"!\[[^]]+\]\((gallery/\w+\.png)\)", (DOCS / "gallery.md").read_text(encoding="utf-8"))

    assert set(KINDS) - shown == {"page_break"}, "which shows nothing"
    assert [path for path in pictures if not (DOCS / path).is_file()] == []


@pytest.mark.parametrize("model", [TableBlock, TableColumn, Rule])
def test_every_key_of_tables_is_told(model: type[Any]) -> None:
    words = set(re.findall(r"[a-z_]+", (DOCS / "content.md").read_text(encoding="utf-8")))

    assert set(model.model_fields) - words == set()


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
