"""Every format in the registry, given what real data holds: all of it is there, as text, in a file that opens."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from chromium import Page as Browser
from chromium import chromium
from contract.hostile import CASES, EMPTY, made, squeezed
from contract.readers import READERS, Page
from scheduled_reports.document import Document
from scheduled_reports.formats import AnyFormat, Format
from scheduled_reports.registry import type_of

KINDS: dict[str, type[Format]] = {type_of(kind): kind for kind in get_args(get_args(AnyFormat)[0])}
PAGES = [name for name, kind in KINDS.items() if kind.media_type == "text/html"]

Make = Callable[[str, str], tuple[Path, Document, Format]]


def entry(name: str) -> Format:
    """Return a format with nothing said but what must be."""
    kind = KINDS[name]
    named = {"dataset": "rows"} if kind.model_fields.get("dataset") else {}
    return kind.model_validate({"type": name, **named})


def holds(found: str, text: str) -> bool:
    """Return whether a text, or each of its words where other cells stand between its lines, is found."""
    if len(text) == text.count("W") > 0:
        return found.count("w") >= len(text)
    if text.replace(",", "").isdigit() and text.replace(",", "") in found:
        return True
    return squeezed(text) in found or (len(text) > 60 and all(squeezed(word) in found for word in text.split()))


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return a function that renders a case in a format, once."""

    @cache
    def content(case: str) -> Document:
        return {**CASES, **EMPTY}[case].make(tmp_path_factory.mktemp("case"))

    @cache
    def render(case: str, name: str) -> tuple[Path, Document, Format]:
        found, made_by = content(case), entry(name)
        target = found.tables.folder / f"{name}.{made_by.file_extension}"
        made_by.render(found, target)
        return target, found, made_by

    return render


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], None]) -> Iterator[Browser]:
    need("chromium")
    with chromium(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_all_that_is_hostile_is_in_the_file_as_text(make: Make, case: str, name: str) -> None:
    file, content, made_by = make(case, name)
    found = squeezed(READERS[KINDS[name].media_type](file))
    wanted = CASES[case].shown if made_by.has_content else CASES[case].held
    fragile = CASES[case].fragile if name == "pdf" else ()
    assert [text[:80] for text in wanted if text not in fragile and not holds(found, text)] == []
    assert not made_by.is_blank(file, content)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("case", EMPTY)
def test_a_table_without_anything_is_no_broken_file(make: Make, case: str, name: str) -> None:
    file, content, made_by = make(case, name)
    assert file.stat().st_size or made_by.may_have_no_bytes
    found = squeezed(READERS[KINDS[name].media_type](file))
    if made_by.has_content:
        assert [text for text in EMPTY[case].shown if squeezed(text) not in found] == []
    else:
        assert made_by.is_blank(file, content)


@pytest.mark.parametrize("case", [*CASES, *EMPTY])
def test_a_pdf_is_one_that_qpdf_finds_nothing_wrong_with(make: Make, need: Callable[[str], None], case: str) -> None:
    need("qpdf")
    checked = subprocess.run(["qpdf", "--check", make(case, "pdf")[0]], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("case", CASES)
def test_nothing_in_the_data_becomes_a_part_of_the_page(make: Make, case: str, name: str) -> None:
    page = Page(make(case, name)[0].read_text(encoding="utf-8"))
    assert not [attributes for _, attributes in page.tags if any(key.startswith("on") for key in attributes)]
    addresses = [str(given.get(key) or "") for _, given in page.tags for key in ("href", "src")]
    allowed = ("", "#", "https://", "http://", "mailto:", "data:image/", "cid:")
    assert [text[:80] for text in addresses if text and not text.startswith(allowed[1:])] == []


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("case", CASES)
def test_a_browser_runs_nothing_of_the_data_and_asks_for_nothing(
    make: Make, browser: Browser, case: str, name: str
) -> None:
    browser.events.clear()
    browser.open(make(case, name)[0])
    assert browser.run("typeof window.hit") == "undefined"
    assert browser.requests() == []
    assert browser.complaints() == []
    assert browser.run("document.body.innerText.length") > 100


BLOCKS = {
    "heading": {"type": "heading", "text": "Zheading"},
    "text": {"type": "text", "markdown": "Ztext"},
    "kpis": {"type": "kpis", "dataset": "figures", "items": [{"label": "Zkpis", "value": "now"}]},
    "table": {"type": "table", "title": "Ztable", "dataset": "rows"},
    "chart": {"type": "chart", "title": "Zchart", "dataset": "rows", "mark": "bar", "x": "a", "y": "b"},
    "vega": {"type": "chart", "title": "Zvega", "dataset": "rows", "vega_lite": {
        "mark": "bar", "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}}}},
    "image": {"type": "image", "file": "dot.png", "alt": "A dot", "title": "Zimage"},
    "callout": {"type": "callout", "markdown": "Zcallout"},
}  # fmt: skip
ALONE = {
    "page_break": {"type": "page_break"},
    "contents": {"type": "contents", "title": "Zcontents"},
    "appendix": {"type": "appendix", "title": "Zappendix", "dataset": "rows"},
    "glossary": {"type": "glossary", "title": "Zglossary", "terms": {"a": "b"}},
}
READ = [name for name, kind in KINDS.items() if kind.has_content]


@pytest.mark.parametrize("is_full", [True, False], ids=["full", "empty"])
@pytest.mark.parametrize("name", READ)
def test_every_block_is_shown_alone_and_in_columns_also_over_no_rows(tmp_path: Path, name: str, is_full: bool) -> None:
    import pyarrow as pa

    rows = pa.table({"a": ["x", "y"], "b": [1.0, 2.0]})
    figures = pa.table({"now": pa.array([1.0 if is_full else None], pa.float64())})
    tables = {"rows": rows if is_full else rows.slice(0, 0), "figures": figures}
    inside = [{"type": "columns", "left": [block], "right": [block]} for block in BLOCKS.values()]
    content = made(tmp_path, tables, *BLOCKS.values(), *ALONE.values(), *inside)
    file = tmp_path / f"out.{entry(name).file_extension}"
    entry(name).render(content, file)
    found = squeezed(READERS[KINDS[name].media_type](file))
    alone = {"contents", "appendix", "glossary"} - ({"contents"} if name == "html_email" else set())
    assert [word for word in alone if f"z{word}" not in found] == [], "a mail has no contents, as it is short"
    assert [word for word in BLOCKS if found.count(f"z{word}") < 3] == [], "alone, on the left and on the right"


@pytest.mark.parametrize("name", READ)
def test_blocks_whose_condition_is_not_met_leave_a_blank_file(tmp_path: Path, name: str) -> None:
    import pyarrow as pa

    tables = {"rows": pa.table({"a": ["x"], "b": [1.0]}), "none": pa.table({"a": pa.array([], pa.int64())}),
              "figures": pa.table({"now": [1.0]})}  # fmt: skip
    blocks = [{**block, "only_if": "none"} for block in (*BLOCKS.values(), *ALONE.values())]
    content = made(tmp_path, tables, *blocks)
    file = tmp_path / f"out.{entry(name).file_extension}"
    entry(name).render(content, file)
    assert content.blocks == ()
    assert entry(name).is_blank(file, content)
