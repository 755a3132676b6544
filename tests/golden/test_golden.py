"""Reports as they were when somebody last looked at them and signed: what changes shows, and is meant or mended.

`REPORTS_GOLDEN=write pytest tests/golden` writes the facts anew; look at the files before you commit them.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golden.facts import READ
from sample_document import brief, showcase
from scheduled_reports.brands import brand_of
from scheduled_reports.document import Document
from scheduled_reports.formats.html import Html
from scheduled_reports.formats.html_email import HtmlEmail
from scheduled_reports.formats.pdf import Pdf
from scheduled_reports.formats.text import PlainText
from scheduled_reports.formats.xlsx import Xlsx
from scheduled_reports.language import language_of

FACTS = Path(__file__).parent / "facts"
INCLUDE = Path(__file__).parents[2] / "include"
AGAIN = "if that is meant: REPORTS_GOLDEN=write pytest tests/golden, and look at what changed"
FORMATS = {
    "pdf": Pdf(type="pdf"), "xlsx": Xlsx(type="xlsx"), "html": Html(type="html"),
    "html_email": HtmlEmail(type="html_email"), "text": PlainText(type="text"),
}  # fmt: skip
REPORTS: dict[str, Callable[[Path], Document]] = {
    "brief": brief,
    "showcase_northwind": lambda folder: showcase(folder, brand=brand_of("northwind", INCLUDE)),
    "showcase_alder_german": lambda folder: showcase(folder, language_of("de"), brand_of("alder", INCLUDE)),
}
FURTHEST, MOSTLY = 48, 6
"""How far a colour of the look may be from the known one, 0 to 255: in one place, and on the mean."""


@pytest.fixture(scope="module", params=REPORTS)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Document]:
    return request.param, REPORTS[request.param](tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_report_is_as_it_was_when_it_was_signed(report: tuple[str, Document], kind: str, chinese_font: None) -> None:
    name, content = report
    file = content.tables.folder / f"out.{kind}"
    FORMATS[kind].render(content, file)
    found = READ[kind](file.rename(file.with_suffix(f".{FORMATS[kind].extension}")))
    known = FACTS / f"{name}.{kind}.json"
    if os.environ.get("REPORTS_GOLDEN") == "write":
        FACTS.mkdir(exist_ok=True)
        known.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    expected = json.loads(known.read_text(encoding="utf-8"))
    _compare_looks(found.pop("look", []), expected.pop("look", []), f"{name}.{kind}")
    changes = list(difflib.unified_diff(_lines(expected), _lines(found), "signed", "now", lineterm="", n=1))
    assert not changes, "\n".join([f"{name}.{kind} changed; {AGAIN}", *changes[:60]])


def _lines(facts: dict[str, Any]) -> list[str]:
    return json.dumps(facts, ensure_ascii=False, indent=0).splitlines()


def _compare_looks(found: list[list[str]], expected: list[list[str]], name: str) -> None:
    assert len(found) == len(expected)
    for number, (now, signed) in enumerate(zip(found, expected, strict=True), 1):
        pairs = zip(bytes.fromhex("".join(now)), bytes.fromhex("".join(signed)), strict=True)
        far = [abs(one - other) for one, other in pairs]
        worst = far.index(max(far)) // 3
        place = f"page {number}, cell {worst % 20 + 1} of 20 from the left, {worst // 20 + 1} of 28 from the top"
        assert max(far) <= FURTHEST, f"{name} looks otherwise: {place}; {AGAIN}"
        assert sum(far) / len(far) <= MOSTLY, f"{name} looks otherwise: page {number} as a whole; {AGAIN}"
