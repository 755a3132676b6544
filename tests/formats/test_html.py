"""HTML: one file that is a page for a browser; what is in it, read without running it."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sample_document import LONG_NAME, STALE, brief, document, showcase, write
from scheduled_reports.document import Document, Kpis, TableBlock, TextBlock
from scheduled_reports.formats.html import Html
from scheduled_reports.language import language_of

EMPTY = frozenset(("br", "hr", "img", "input", "link", "meta", "wbr"))


class Page(HTMLParser):
    """A page's tags with their attributes, the text that is shown, and what its scripts hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.scripts, self._inside = "", dict[str, str](), ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = dict(attrs).get("id") or dict(attrs).get("type") or tag

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[self._inside] = self.scripts.get(self._inside, "") + data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def data(self, name: str) -> Any:
        return json.loads(self.scripts[name])


def rendered(document: Document, **options: object) -> str:
    target = document.tables.folder / "page.html"
    Html.model_validate({"type": "html", **options}).render(document, target)
    return target.read_text(encoding="utf-8")


def table(folder: Path, rows: dict[str, list[Any]], **more: Any) -> Document:
    write(folder, "rows", rows)
    return document(folder, TableBlock.model_validate({"type": "table", "dataset": "rows", **more}))


def test_data_that_looks_like_markup_or_a_formula_shows_as_text(tmp_path: Path) -> None:
    html = rendered(brief(tmp_path))
    shown = Page(html).text
    for name in ("=Premium+ Renewal", 'Win-Back "Sommer \'26"', "Fiber <100 Mbit> & TV", "王小明的", LONG_NAME):
        assert name in shown
    assert "<b>Debt</b> follow-up" in shown
    assert "<b>Debt" not in html


@pytest.mark.parametrize("text", ["</script><script>x()</script>", "<!--<script>", "\u2028\u2029", "__proto__"])
def test_data_never_ends_the_element_that_holds_it(tmp_path: Path, text: str) -> None:
    html = rendered(table(tmp_path, {text: [text], "n": [1]}))
    data = Page(html).data("table-1-data")
    assert text in data["columns"][0]["texts"] or not text.strip()
    assert "\u2028" not in html
    assert html.count("<script") == html.count("</script>")
    assert len(Page(html).all("script")) == 4, "facts, words, the table's rows, and our own script"


def test_it_names_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = Page(rendered(brief(tmp_path)))
    assert not page.all("link")
    assert all("src" not in script for script in page.all("script"))
    assert {link["href"] for link in page.all("a")} == {"mailto:owner@example.com", "#report"}
    assert not re.search(r"@import|url\((?!data:|#)", page.scripts["style"])


def test_its_policy_forbids_what_is_not_in_it_and_code_made_of_text(tmp_path: Path) -> None:
    page = Page(rendered(brief(tmp_path)))
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-\S+' 'sha256-\S+'", rules["script-src"])
    assert "unsafe-eval" not in policy
    assert "connect-src" not in policy, "the default forbids it"


def test_every_row_is_in_it_and_the_first_are_readable_without_javascript(tmp_path: Path) -> None:
    page = Page(rendered(table(tmp_path, {"n": list(range(5400))})))
    data = page.data("table-1-data")
    assert (data["rows"], data["leftOut"]) == (5400, 0)
    assert data["columns"][0]["texts"][-1] == "5,399"
    assert re.findall(r"^\d[\d,]*$", page.text, re.MULTILINE)[-1] == "49"
    assert "The first 50 of 5,400 rows" in page.text


def test_a_table_that_is_cut_says_so_and_its_total_is_of_all_rows(tmp_path: Path) -> None:
    columns = [{"name": "name"}, {"name": "n", "total": "sum"}]
    made = table(tmp_path, {"name": ["x"] * 5400, "n": list(range(5400))}, columns=columns)
    page = Page(rendered(made, max_rows=100))
    assert "The first 100 of 5,400 rows; 5,300 are left out of this page. Totals are of all rows" in page.text
    data = page.data("table-1-data")
    assert (data["rows"], data["leftOut"]) == (100, 5300)
    assert data["foot"] == [[100, 3, 0, ["Total", "14,577,300"]]]


def test_a_limit_below_one_row_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Html.model_validate({"type": "html", "max_rows": 0})


def test_key_figures_stand_in_rows_none_of_which_is_nearly_empty(tmp_path: Path) -> None:
    assert 'class="tiles five" style="--beside: 5"' in rendered(brief(tmp_path))
    assert 'class="tiles" style="--beside: 4"' in rendered(showcase(tmp_path))


def test_the_structure_serves_screen_readers(tmp_path: Path) -> None:
    page = Page(rendered(showcase(tmp_path)))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert page.all("html") == [{"lang": "en"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(table["aria-label"] for table in page.all("table") if "aria-label" in table)
    assert {head["scope"] for head in page.all("th")} == {"col", "row", "rowgroup"}
    assert all(image["alt"] for image in page.all("img"))
    assert all(part.get("aria-label") for _, part in page.tags if part.get("role") == "img")
    assert [tag for tag in ("header", "main", "footer", "nav") if len(page.all(tag)) == 1] == [
        "header", "main", "footer", "nav"
    ]  # fmt: skip


def test_every_name_in_it_is_there_once_and_every_link_within_it_leads_somewhere(tmp_path: Path) -> None:
    page = Page(rendered(showcase(tmp_path)))
    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    targets = [link["href"][1:] for link in page.all("a") if (link["href"] or "").startswith("#")]  # type: ignore[index]
    assert len(names) == len(set(names))
    assert len(targets) > 3
    assert set(targets) <= set(names)


def test_every_block_of_the_showcase_is_in_it(tmp_path: Path) -> None:
    made = showcase(tmp_path)
    page = Page(rendered(made))
    kpis = next(block for block in made.blocks if isinstance(block, Kpis))
    for kpi in kpis.items:
        assert kpi.text in page.text
        assert all(comparison.words in page.text for comparison in kpi.comparisons)
    for words in ("Night shift in the South", "Good news", "The office in Hamburg", "A call that somebody answered.",
                  "North, total", "Others (2)", "Total", "All calls", "Contents", "Mobile grows fastest."):  # fmt: skip
        assert words in page.text, words
    assert len([part for _, part in page.tags if part.get("class") == "drawing"]) == 4


def test_a_german_report_speaks_german_to_its_readers_and_its_script(tmp_path: Path) -> None:
    page = Page(rendered(showcase(tmp_path, language_of("de"))))
    words = page.data("words-data")
    assert page.all("html") == [{"lang": "de"}]
    assert "1.138.238 €" in page.text
    assert "besser als 7.411" in page.text
    assert words["separator"] == ";"
    assert words["texts"]["download"] == "Als CSV herunterladen"


def test_the_small_print_and_the_metadata_say_where_it_comes_from(tmp_path: Path) -> None:
    page = Page(rendered(brief(tmp_path)))
    named = {meta["name"]: meta["content"] for meta in page.all("meta") if "name" in meta}
    assert "Report morning_brief/daily · spec 3f9a1c07be52 · generated 2026-10-02 06:30 CEST" in page.text
    assert "run scheduled__2026-10-02T04:30:00+00:00" in page.text
    assert "owner@example.com" in page.text
    assert named["report:spec-digest"] == "3f9a1c07be52"
    assert named["report:run"] == "scheduled__2026-10-02T04:30:00+00:00"
    assert page.data("application/ld+json")["temporalCoverage"] == "2026-10-01T00:00:00+02:00/2026-10-02T00:00:00+02:00"


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    made = brief(tmp_path)
    assert rendered(made) == rendered(made)


def test_notices_stand_above_the_title_and_are_announced(tmp_path: Path) -> None:
    html = rendered(replace(brief(tmp_path), notices=(STALE,)))
    page = Page(html)
    assert page.text.index(f"STALE: {STALE.text}") < page.text.index("Morning Brief\n", page.text.index("STALE"))
    assert "<strong>STALE:</strong>" in html, "not told by colour alone"
    assert "<title>[STALE] Morning Brief – " in html
    assert 'role="note" aria-label="Notices"' in html


def test_a_picture_from_elsewhere_becomes_a_link(tmp_path: Path) -> None:
    block = TextBlock(type="text", markdown="![our <logo>](https://example.com/logo.png) and ![x](file:///etc/passwd)")
    page = Page(rendered(document(tmp_path, block)))
    assert not page.all("img")
    assert "our <logo>" in page.text


def test_only_safe_links_become_links_and_they_tell_nobody_where_the_reader_comes_from(tmp_path: Path) -> None:
    columns = [{"name": "site", "link": "{site}"}]
    made = table(tmp_path, {"site": ["https://example.com/a", "javascript:alert(1)"]}, columns=columns)
    page = Page(rendered(made))
    links = [link for link in page.all("a") if (link["href"] or "").startswith(("http", "java"))]
    assert links == [{"href": "https://example.com/a", "rel": "noopener noreferrer", "target": "_blank"}]
    assert page.data("table-1-data")["columns"][0]["links"] == {"prefix": "https://example.com/a", "rest": ["", None]}


def test_a_page_without_charts_does_without_vega(tmp_path: Path) -> None:
    assert len(rendered(table(tmp_path, {"n": [1]})).encode()) < 350_000
