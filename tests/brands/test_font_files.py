"""A font is of the family that a brand says, and may be embedded."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduled_reports.brands.font_files import FontError, check_font
from scheduled_reports.brands.fonts import FONTS

INTER = FONTS / "Inter-Regular.ttf"


def test_a_font_of_the_family_passes() -> None:
    check_font(INTER, "Inter")


def test_a_font_of_another_family_is_told() -> None:
    with pytest.raises(FontError, match="is a font of the family 'Inter', not of 'Lato'"):
        check_font(INTER, "Lato")


def test_a_font_that_must_not_be_embedded_is_refused(tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(INTER)
    font["OS/2"].fsType = 2
    font.save(tmp_path / "font.ttf")

    with pytest.raises(FontError, match="must not be embedded"):
        check_font(tmp_path / "font.ttf", "Inter")


@pytest.mark.parametrize(
    "content",
    [b"", b"no font", b"\x00\x01\x00\x00\xff\xff", INTER.read_bytes()[:5000], b"OTTO" + b"\0" * 40],
    ids=range(5),
)
def test_what_is_no_font_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "font.ttf").write_bytes(content)

    with pytest.raises(FontError, match="is no font that can be used"):
        check_font(tmp_path / "font.ttf", "Inter")


def test_a_font_that_is_huge_is_told(tmp_path: Path) -> None:
    with (tmp_path / "font.ttf").open("wb") as file:
        file.truncate(30_000_000)

    with pytest.raises(FontError, match="is 30 MB large"):
        check_font(tmp_path / "font.ttf", "Inter")


def test_a_font_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FontError, match="cannot be read"):
        check_font(tmp_path / "font.ttf", "Inter")
