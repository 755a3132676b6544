"""What one file in `include/brands/` may say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from scheduled_reports.audience.domains import Domain
from scheduled_reports.model import Line, Model

_COLOR = r"^#[0-9a-fA-F]{6}$"
_BESIDE = r"^(?!/)(?!.*(^|/)\.)[^\\:]+$"
_LONGEST = 200
_LOGO = r"\.(svg|png|jpe?g|webp)$"
_FONT = r"\.(ttf|otf)$"


def _color(given: Any) -> str:
    if given is None:
        raise ValueError("it is empty, as # begins a comment in YAML; write the colour in quotes: '#0b5c7a'")
    if not isinstance(given, str) or not re.fullmatch(_COLOR, given):
        raise ValueError(
            f"{given!r} is not a colour; write red, green and blue as six hex digits, in quotes: '#0b5c7a'"
        )
    return given.lower()


Color = Annotated[str, BeforeValidator(_color), WithJsonSchema({"type": "string", "pattern": _COLOR})]
"""An sRGB colour."""


LEAST_SERIES, MOST_SERIES = 6, 12


def _enough(series: tuple[str, ...]) -> tuple[str, ...]:
    if not LEAST_SERIES <= len(series) <= MOST_SERIES:
        raise ValueError(f"it has {len(series)} of the {LEAST_SERIES} to {MOST_SERIES} colours that a chart may need; "
                         "give as many, or leave it out: then they are made of the accent")  # fmt: skip
    return series


Series = Annotated[
    tuple[Color, ...],
    AfterValidator(_enough),
    WithJsonSchema({
        "type": "array", "items": {"type": "string", "pattern": _COLOR},
        "minItems": LEAST_SERIES, "maxItems": MOST_SERIES,
    }),
]  # fmt: skip


def _beside(ending: str, allowed: str) -> BeforeValidator:
    def check(given: Any) -> str:
        if (
            not isinstance(given, str)
            or not re.match(_BESIDE, given)
            or not given.isprintable()
            or len(given) > _LONGEST
        ):
            raise ValueError(f"{given!r} is not a file beside this one; write its name, or folder/name: logo.svg")
        if not re.search(ending, given, re.IGNORECASE):
            raise ValueError(f"{given!r} is of no kind that can be used; allowed: {allowed}")
        return given

    return BeforeValidator(check)


LogoName = Annotated[str, _beside(_LOGO, "svg, png, jpg, webp"), WithJsonSchema({"type": "string", "pattern": _LOGO})]
FontName = Annotated[str, _beside(_FONT, "ttf, otf"), WithJsonSchema({"type": "string", "pattern": _FONT})]


def _website(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} is not a website; write it with https:// in front")
    return text


Website = Annotated[str, AfterValidator(_website)]


class Tones(Model):
    """Colours that may be given; each that is not is made of the accent, so that it can be read."""

    paper: Color | None = Field(None, description="The ground of everything.")
    ink: Color | None = Field(None, description="Text.")
    muted: Color | None = Field(None, description="Text that stands back: labels, notes, small print.")
    neutral: Color | None = Field(None, description="A change that is neither good nor bad.")
    rule: Color | None = Field(None, description="Lines that part blocks.")
    hair: Color | None = Field(None, description="Lines between the rows of a table.")
    good: Color | None = Field(None, description="What is better than it was, or than it should be.")
    bad: Color | None = Field(None, description="What is worse.")
    warning: Color | None = Field(None, description="Notices and warnings.")
    warning_edge: Color | None = Field(None, description="The edge of a notice.")
    accent_paper: Color | None = Field(None, description="The ground of what is marked with the accent.")
    good_paper: Color | None = Field(None, description="The ground of what is good.")
    bad_paper: Color | None = Field(None, description="The ground of what is bad.")
    warning_paper: Color | None = Field(None, description="The ground of notices and warnings.")


class Colors(Tones):
    """The colours of pages, tables and mail."""

    accent: Color = Field(description="The brand's own colour: titles, links, the first series of charts.")


class DarkColors(Tones):
    """The colours of mail that is read in dark mode."""

    accent: Color | None = Field(None, description="The brand's own colour on dark paper.")


class Fonts(Model):
    """A font: one that ships, by its family alone, or files beside this one."""

    family: Line = Field("Inter", min_length=1, max_length=100, description="The family's name, as its files say it.")
    regular: FontName | None = Field(None, description="A TrueType or OpenType file beside this one: weight 400.")
    semibold: FontName | None = Field(None, description="Weight 600; bold stands for it where it is missing.")
    bold: FontName | None = Field(None, description="Weight 700.")
    italic: FontName | None = Field(None, description="Weight 400, slanted.")

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, file's name) of each file that it names."""
        for kind in ("regular", "semibold", "bold", "italic"):
            if (name := getattr(self, kind)) is not None:
                yield kind, name

    @model_validator(mode="after")
    def _files_or_none(self) -> Self:
        files = dict(self.files())
        if self.family == "Inter" and files:
            raise ValueError("the font 'Inter' ships with this package; leave its files out")
        missing = [name for name in ("regular", "bold") if name not in files]
        if self.family != "Inter" and missing:
            raise ValueError(f"the font {self.family!r} needs its files {' and '.join(missing)}; only Inter ships")
        return self


class BrandFile(Model):
    """A brand: how the reports of a company look."""

    name: Line = Field(min_length=1, max_length=100, description="Whose reports they are, as their readers know it.")
    description: str = Field("", description="What it is for, for whoever edits this file.")
    logo: LogoName | None = Field(
        None, description="Its picture, a file beside this one: svg, png, jpg or webp, at most 1 MB."
    )
    colors: Colors = Field(description="Its colours. The accent is enough: all others are made of it.")
    dark: DarkColors = Field(
        DarkColors(), description="Colours of mail that is read in dark mode; made of the others unless given."
    )
    series: Series | None = Field(
        None,
        description="Colours of a chart's series, in their order, at least six. Unless given: the accent, then "
        "colours that every reader can tell from it and from each other.",
    )
    fonts: Fonts = Field(Fonts(), description="Its font; Inter unless given.")
    page: Literal["A4", "Letter"] = Field("A4", description="The size of its pages.")
    footer: Line = Field("", max_length=300, description="What stands at the foot of each page and mail.")
    sender_name: Line = Field("", max_length=100, description="The name that its mail comes from.")
    website: Website | None = Field(None, description="Where its logo leads: `https://www.example.com`.")
    allowed_domains: tuple[Domain, ...] | None = Field(
        None,
        min_length=1,
        description="The only domains that its reports may be mailed to: `northwind.example`, and "
        "`*.northwind.example` for those below it. The setting `allowed_domains` unless given.",
    )

    def beside(self, folder: Path) -> tuple[Path, ...]:
        """Return the files that it names; `folder` is the one that it is in."""
        names = [self.logo, *(name for _, name in self.fonts.files())]
        return tuple(folder / name for name in dict.fromkeys(names) if name is not None)
