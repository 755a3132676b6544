"""A logo is a picture that can be shown, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from brand_files import BRAND, SVG, pixels, problems
from scheduled_reports.brands.logo import LogoError, read_logo

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">\n  '


def svg(inner: str) -> str:
    return f"{HEAD}{inner}</svg>"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_of_pixels_are_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "logo.png").write_bytes(pixels(60, 20, kind))

    picture = read_logo(tmp_path / "logo.png")

    assert (picture.media_type, picture.width, picture.height) == (f"image/{kind.lower()}", 60, 20)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 120 40"', (120, 40)),
        ('viewBox="0 0 120 40" width="30mm" height="10mm"', (30 * 96 / 25.4, 10 * 96 / 25.4)),
        ('viewBox="-5,-5 1.2e2 4e1" width="100%" height="100%"', (120, 40)),
        ('width="64" height=".5in"', (64, 48)),
    ],
)
def test_the_size_of_a_drawing_is_what_it_says(tmp_path: Path, attributes: str, size: tuple[float, float]) -> None:
    (tmp_path / "logo.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>', encoding="utf-8")

    picture = read_logo(tmp_path / "logo.svg")

    assert (picture.width, picture.height) == pytest.approx(size)


@pytest.mark.parametrize(
    "inner",
    [
        '<image href="data:image/png;base64,AAAA"/>',
        '<defs><path id="a" d="M0 0h1"/></defs><use xlink:href="#a"/>',
        '<style>rect { fill: url(#a) }</style><rect style="fill: url(#a)"/>',
    ],
)
def test_a_drawing_may_refer_to_itself(tmp_path: Path, inner: str) -> None:
    (tmp_path / "logo.svg").write_text(svg(inner), encoding="utf-8")

    assert read_logo(tmp_path / "logo.svg").width == 40


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        (
            '<image href="https://example.com/a.png"/>',
            "logo.svg:2:3: the logo cannot be used: it refers to 'https://example.com/a.png'",
        ),
        (
            '<image xlink:href="file:///etc/passwd"/>',
            "logo.svg:2:3: the logo cannot be used: it refers to 'file:///etc/passwd'",
        ),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', "refers to 'data:image/svg+xml"),
        ('<use href="other.svg#a"/>', "refers to 'other.svg#a'"),
        ('<a href="javascript:alert(1)"/>', "refers to 'javascript:alert(1)'"),
        ("<style>@import 'https://example.com/a.css';</style>", "refers to"),
        ("<style>@imp<![CDATA[ort 'a.css']]>;</style>", "refers to"),
        (r"<style>@\69mport 'a.css';</style>", "refers to"),
        ("<rect style=\"fill: url('//example.com/a')\"/>", "refers to '//example.com/a'"),
        ('<rect fill="url(http://example.com/a)"/>', "refers to 'http://example.com/a'"),
        ('<g xml:base="https://example.com/"/>', "refers to 'https://example.com/'"),
        ("<script>alert(1)</script>", "holds <script>"),
        ("<foreignObject/>", "holds <foreignobject>"),
        ('<set attributeName="href" to="https://example.com"/>', "holds <set>"),
        ('<rect onclick="alert(1)"/>', "logo.svg:2:3: the logo cannot be used: it holds the attribute 'onclick'"),
        ("<rect>", "logo.svg:2:11: the logo cannot be used: it is not well-formed XML: mismatched tag"),
    ],
)
def test_a_drawing_that_does_more_is_refused_with_the_place_in_it(tmp_path: Path, inner: str, told: str) -> None:
    found = problems(tmp_path, BRAND + "logo: logo.svg\n", logo_svg=svg(inner))

    assert any(told in problem for problem in found), found


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + svg("<text>&b;&b;&b;</text>")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (BOMB, "declares entities of its own"),
        ('<?xml-stylesheet href="a.css"?>' + SVG, "refers to 'a style sheet'"),
        ("<html/>", "it is no SVG: it begins with <html>"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "does not say how large it is"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 9"/>', "does not say how large it is"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2000 9"/>', "no logo is so long"),
        ("", "is not well-formed XML"),
        (b"<svg \xff/>", "is not UTF-8 text"),
        (SVG + " " * 1_000_001, "is 1.0 MB large, and a logo may have 1 MB"),
    ],
    ids=range(9),
)
def test_what_is_no_drawing_that_can_be_shown_is_refused(tmp_path: Path, content: str | bytes, told: str) -> None:
    found = problems(tmp_path, BRAND + "logo: logo.svg\n", logo_svg=content)

    assert any(told in problem for problem in found), found


def test_the_usual_doctype_of_drawing_programs_is_no_harm(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'

    assert problems(tmp_path, BRAND + "logo: logo.svg\n", logo_svg=doctype + SVG) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no picture", "4:7: logo: 'logo.png': it is no picture that can be shown"),
        (pixels(60, 20)[:-30], "is no picture that can be shown"),
        (pixels(60, 20, "GIF"), "is no picture that can be shown"),
        (pixels(5000, 300), "has 5,000 × 300 pixels; a logo may have 16 to 4,096 pixels on each side"),
        (pixels(40, 8), "has 40 × 8 pixels"),
        (pixels(1000, 20), "no logo is so long"),
        (b"\x89PNG" + b"\0" * 1_000_001, "is 1.0 MB large, and a logo may have 1 MB"),
    ],
    ids=range(7),
)
def test_what_is_no_picture_of_pixels_that_can_be_shown_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    found = problems(tmp_path, BRAND + "logo: logo.png\n", logo_png=content)

    assert any(told in problem for problem in found), found


def test_a_logo_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(LogoError, match="cannot be read"):
        read_logo(tmp_path / "nowhere.png")
