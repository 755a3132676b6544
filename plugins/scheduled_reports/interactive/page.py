"""Put the page together: content, styles, scripts, and the policy that binds them."""

from __future__ import annotations

import functools
import json
from base64 import b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scheduled_reports.document import Chart, Document, Image, Table, mark
from scheduled_reports.document.layout import tiles_per_row
from scheduled_reports.interactive.charts import Drawn, drawn, live
from scheduled_reports.interactive.fonts import css_string, font_faces, font_stack
from scheduled_reports.interactive.gathered import Gathered, gathered
from scheduled_reports.interactive.sparkline import paths
from scheduled_reports.interactive.still import Line, first_lines, line
from scheduled_reports.interactive.table_data import table_data
from scheduled_reports.interactive.vega import vega_around
from scheduled_reports.interactive.words import words

HERE = Path(__file__).parent
SCRIPTS = ("words", "column", "rows", "cells", "pages", "details", "spreadsheet", "width", "table", "contents", "main")
"""The modules in `script/` that every page with tables has, each after those that it needs."""

LONG_WORD = 28
"""Words longer than this break where they must; `script/cells.js` agrees."""


@dataclass(frozen=True)
class TablePart:
    """A table in the page.

    Attributes:
        key: Its name there.
        found: Its lines.
        lines: The first of them.
        foot: Its last ones.
        shown: How many rows are among the first lines.
    """

    key: str
    found: Gathered
    lines: tuple[Line, ...]
    foot: tuple[Line, ...]
    shown: int


@dataclass
class Parts:
    """What the page's content asks for: each call from the template adds what the script needs of the block.

    Attributes:
        document: The report.
        most: How many rows of a table the page holds at most.
        data: JSON texts for the script, by their names.
        charts: The charts, by their names.
    """

    document: Document
    most: int
    data: dict[str, Markup] = field(default_factory=dict)
    charts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def table(self, table: Table) -> TablePart:
        """Return the first lines of a table, and keep all of them for the script."""
        key, found = f"table-{len(self.data) + 1}", gathered(table, self.most)
        self.data[f"{key}-data"] = embedded(table_data(found))
        lines = tuple(first_lines(found))
        return TablePart(key, found, lines, tuple(map(line, found.foot)), sum(one.kind == "row" for one in lines))

    def chart(self, chart: Chart, share: float) -> Drawn:
        """Return the picture of a chart, and keep its specification for the script."""
        key = f"chart-{len(self.charts) + 1}"
        self.charts[key] = live(chart, self.document, share)
        return drawn(chart, key, self.document, share)


def page(document: Document, most: int) -> str:
    """Return the page.

    Args:
        document: The report.
        most: How many rows of a table it holds at most; it says how many it leaves out.

    Raises:
        DocumentError: A chart cannot be drawn, or a column's pattern does not fit its values.
        SourceError: The run's data cannot be read.
    """
    parts = Parts(document, most)
    body = _body(parts)
    scripts = [_script()] + ([_chart_script()] if parts.charts else [])
    if parts.charts:
        parts.data["charts-data"] = embedded(parts.charts)
    style = _style(document, body + "".join(parts.data.values()))
    return _environment().get_template("page.html.jinja").render(
        document=document, parts=parts, body=Markup(body), style=Markup(style), scripts=list(map(Markup, scripts)),  # noqa: S704 - ours
        words=embedded(words(document.language)), policy=_policy(style, scripts), facts=embedded(_facts(document)),
    )  # fmt: skip


def frame(document: Document) -> str:
    """Return what can be seen of the page without the report's blocks."""
    return _body(Parts(replace(document, blocks=()), most=0))


def _body(parts: Parts) -> str:
    document, language = parts.document, parts.document.language
    template = _environment().get_template("body.html.jinja")
    return template.render(document=document, parts=parts, t=language.text, shown=language.shown)


def embedded(value: Any) -> Markup:
    """Return JSON for a `<script>` element: no tag, no comment and no line end of JavaScript's can begin in it.

    The rules of HTML (Living Standard, 4.12.1.3, "Restrictions for contents of script elements").
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - the lines above see to it


def _policy(style: str, scripts: list[str]) -> str:
    """Return the Content Security Policy (W3C, Level 3): what is in the page may run, and nothing is ever fetched.

    Code is never made of text (`unsafe-eval`), as Vega's expressions are interpreted. Style attributes are allowed:
    shades, bars and what Vega draws have them, and they can load nothing.
    """
    return "; ".join((
        "default-src 'none'", f"script-src {' '.join(map(_hash, scripts))}", "style-src 'unsafe-inline'",
        f"style-src-elem {_hash(style)}", "style-src-attr 'unsafe-inline'", "img-src data:", "font-src data:",
        "base-uri 'none'", "form-action 'none'",
    ))  # fmt: skip


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode('ascii')}'"


def _style(document: Document, text: str) -> str:
    brand = document.brand
    light, dark = ("".join(f"--{name.replace('_', '-')}:{color};" for name, color in colors.items())
                   for colors in (brand.colors, brand.dark))  # fmt: skip
    fixed = f"--logo-paper:{brand.colors['paper']};--font:{font_stack(brand.mail_font_stack)}"
    root = f":root{{color-scheme:light;{light}{fixed}}}"
    night = f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}"
    about = document.title + document.period_label + document.description + document.small_print
    return "\n".join(
        (font_faces(brand, text + about), root, night, _sheets(document), _read("page.css"), _read("table.css"))
    )


def _sheets(document: Document) -> str:
    """Return how the pages are that a printer makes (CSS Paged Media Level 3); wide tables turn theirs."""
    paper, font = document.brand.paper, font_stack(document.brand.mail_font_stack)
    small = f"font: 9px {font}; color: {document.brand.colors['muted']}"
    foot = (f"@bottom-left {{ content: {css_string(document.title)}; {small} }} "
            f"@bottom-right {{ content: counter(page) ' / ' counter(pages); {small} }}")  # fmt: skip
    margin = "margin: 14mm 12mm 16mm"
    return (f"@page {{ size: {paper}; {margin}; {foot} }} "
            f"@page turned {{ size: {paper} landscape; {margin}; {foot} }}")  # fmt: skip


@functools.cache
def _read(name: str) -> str:
    return (HERE / "style" / name).read_text(encoding="utf-8")


@functools.cache
def _script() -> str:
    """Return the modules as one, without their imports and exports: a page from disk cannot load a second file."""
    found = []
    for name in SCRIPTS:
        lines = (HERE / "script" / f"{name}.js").read_text(encoding="utf-8").splitlines()
        found += [text.removeprefix("export ") for text in lines if not text.startswith("import ")]
    return "\n" + "\n".join(found) + "\n"


@functools.cache
def _chart_script() -> str:
    """Return Vega with our script in its scope, so that neither is a global of the page."""
    bundle = vega_around((HERE / "script" / "charts.js").read_text(encoding="utf-8"))
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _facts(document: Document) -> dict[str, Any]:
    """Return what the report is, for programs (https://schema.org/Report)."""
    source = document.provenance
    return {
        "@context": "https://schema.org", "@type": "Report", "name": document.title,
        "description": document.description, "inLanguage": document.language.lang,
        "temporalCoverage": f"{document.period.start.isoformat()}/{document.period.end.isoformat()}",
        "dateCreated": source.generated_at.isoformat(), "identifier": source.run_id,
        "reportNumber": f"{source.report_id}/{source.schedule_id}", "version": source.spec_digest,
    }  # fmt: skip


def _image_uri(image: Image) -> str:
    return f"data:{image.media_type};base64,{b64encode(image.content).decode('ascii')}"


def has_long_word(text: str) -> bool:
    """Return whether a word of a text is so long that it may be broken, lest its column take the page."""
    return any(len(word) > LONG_WORD for word in text.split())


def _mailto(address: str) -> str:
    return f"mailto:{quote(address, safe='@')}"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(image_uri=_image_uri, mailto=_mailto, mark=mark, per_row=tiles_per_row, sparkline=paths)
    environment.tests["longworded"] = has_long_word
    return environment
