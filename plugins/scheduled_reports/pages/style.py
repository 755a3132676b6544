"""How pages look: the style sheet with its fonts, and the templates. They are the same for many documents."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scheduled_reports.brands import Brand, font_family
from scheduled_reports.document.document import mark
from scheduled_reports.language import Language
from scheduled_reports.pages.paper import FIRST_HEAD, FOOT, HEAD, SHEETS, SIDE, Paper
from scheduled_reports.typeset import PAGE, PAGES, Look

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

BAR = 0.85
"""How strong the bars in cells are, where 1 is the strongest ground on which text can be read."""


class Style(NamedTuple):
    """A style sheet, the fonts that it brings, and the only way to files."""

    css: CSS
    fonts: FontConfiguration
    fetcher: Any


@functools.lru_cache(maxsize=64)
def style(brand: Brand, paper: Paper, language: Language) -> Style:
    """Return the style sheet of pages; `font:0` in it is the brand's first font file."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetcher = FontConfiguration(), fetcher_of(brand)
    text = _environment().overlay(autoescape=False).get_template("style.css.jinja").render(
        brand=brand, color=brand.colors, paper=paper, fonts=font_family(brand.font_stack), family=css_text(brand.font),
        sheet=SHEETS[paper.size], side=SIDE, head=HEAD, foot=FOOT, first_head=FIRST_HEAD,
        page_number=css_text(language.text("Page {page} of {pages}", page=PAGE, pages=PAGES)),
    )  # fmt: skip
    return Style(CSS(string=text, font_config=fonts, url_fetcher=fetcher), fonts, fetcher)


@functools.lru_cache(maxsize=64)
def fetcher_of(brand: Brand) -> Any:
    """Return the only way by which WeasyPrint gets files: `data:` URIs, and the brand's fonts."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    files = {f"font:{number}": font.path for number, font in enumerate(brand.fonts)}

    class Inside(URLFetcher):  # type: ignore[misc] # WeasyPrint has no type hints
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            if url in files:
                return URLFetcherResponse(url, files[url].read_bytes(), {"Content-Type": "font/ttf"})
            raise FatalURLFetchingError(f"it asks for {url!r}, and reports load nothing from elsewhere")

    return Inside(allowed_protocols=("data",))


@functools.lru_cache(maxsize=64)
def look(brand: Brand) -> Look:
    """Return how marked cells look."""
    shade = functools.partial(mixed, brand.colors["paper"], brand.colors["shade"])
    return Look(functools.lru_cache(shade), shade(BAR))


def mixed(one: str, other: str, part: float) -> str:
    """Return the colour that has so much, 0 to 1, of the way from `one` to `other`; all are `#rrggbb`."""
    pairs = ((int(one[place : place + 2], 16), int(other[place : place + 2], 16)) for place in (1, 3, 5))
    return "#" + "".join(f"{round(start + (end - start) * part):02x}" for start, end in pairs)


def css_text(text: str) -> str:
    """Return a text as a string of CSS (CSS Syntax 3, 4.3.5)."""
    escaped = "".join(f"\\{ord(letter):x} " if letter in '"\\\n\r\f' else letter for letter in text)
    return f'"{escaped}"'


def filled(name: str, **words: Any) -> str:
    """Return the template `name` filled with `words`; everything that is data is escaped."""
    return _environment().get_template(name).render(**words)


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"mark": mark, "mailto": lambda address: f"mailto:{quote(address, safe='@')}"}
    return environment
