"""A brand: how a report looks, for whoever draws it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from scheduled_reports.brands.fonts import MAIL_FONTS, SCRIPT_FONTS, FontFile


@dataclass(frozen=True)
class Picture:
    """A picture, as its file holds it.

    Attributes:
        media_type: `image/png`, `image/jpeg`, `image/webp` or `image/svg+xml`.
        content: The file's bytes.
        width: Its own width, in pixels.
        height: Its own height, in pixels.
    """

    media_type: str
    content: bytes
    width: float
    height: float

    @property
    def data_uri(self) -> str:
        """The picture as a URI that holds it (RFC 2397)."""
        return f"data:{self.media_type};base64,{b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True, eq=False)
class Brand:
    """How a report looks. Two are equal where they come of the same files; it can be hashed, cached by, and pickled.

    Attributes:
        key: The name by which specs know it: the stem of its file.
        name: The name by which readers know it: a company's.
        logo: Its picture, if it has one.
        colors: Colours on light paper, each `#rrggbb`: ink muted rule hair accent good bad neutral paper
            notice notice_edge notice_paper warning warning_edge, the tints accent_paper good_paper bad_paper
            warning_paper (ink, muted and their own tone can be read on them), on_accent (text on the accent), and
            `shade`, the strongest ground that a scale or a bar in a cell may have.
        dark: The same names for mail that is read in dark mode.
        series: Colours of a chart's series, in their order, at least six.
        font: The name of its font's family.
        fonts: The files of that font.
        paper: The size of its pages.
        footer: What stands at the foot of each page; may be empty.
        sender_name: The name that mail comes from; may be empty.
        website: Where its logo leads: an https or http URL; may be empty.
        digest: SHA-256 (hex) of the files that it is made of; empty for the one that is built in.
        allowed_domains: The only domains that its reports may be mailed to; None where it does not say.
    """

    key: str
    name: str
    logo: Picture | None
    colors: Mapping[str, str]
    dark: Mapping[str, str]
    series: tuple[str, ...]
    font: str
    fonts: tuple[FontFile, ...]
    paper: Literal["A4", "Letter"] = "A4"
    footer: str = ""
    sender_name: str = ""
    website: str = ""
    digest: str = ""
    allowed_domains: tuple[str, ...] | None = None

    @property
    def font_stack(self) -> tuple[str, ...]:
        """Its font, then fonts for the scripts that it lacks."""
        return self.font, *(name for name in SCRIPT_FONTS if name != self.font)

    @property
    def mail_font_stack(self) -> tuple[str, ...]:
        """Its font where the reader has it, else the one of the reader's system."""
        return self.font, *(name for name in MAIL_FONTS if name != self.font)

    def __eq__(self, other: object) -> bool:
        """Return whether both are made of the same files."""
        return isinstance(other, Brand) and (self.key, self.digest) == (other.key, other.digest)

    def __hash__(self) -> int:
        """Return a hash of the files that it is made of."""
        return hash((self.key, self.digest))

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle holds: a view of a mapping has none of its own."""
        return self.__dict__ | {"colors": dict(self.colors), "dark": dict(self.dark)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up what a pickle holds."""
        views = {name: MappingProxyType(state[name]) for name in ("colors", "dark")}
        self.__dict__.update(state | views)
