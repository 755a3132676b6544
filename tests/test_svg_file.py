"""SVG files: their size, and that they are nothing but pictures."""

from __future__ import annotations

import pytest

from scheduled_reports.svg_file import SvgError, svg_size


def svg(inside: str = "", attributes: str = 'viewBox="0 0 200 100"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>\n{inside}\n</svg>'.encode()


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 200 100"', (200, 100)),
        ('viewBox="0,0,2e2,100" width="100%" height="100%"', (200, 100)),
        ('width="50" height="25px" viewBox="0 0 200 100"', (50, 25)),
        ('width="1in" height="72pt"', (96, 96)),
    ],
)
def test_the_size_is_what_the_file_says(attributes: str, size: tuple[float, float]) -> None:
    assert svg_size(svg(attributes=attributes)) == size


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="#x"/><rect fill="url(#g)"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        "<style>.a { fill: url('#g') }</style>",
        "<text>url(http://x) is only text, onload= too</text>",
    ],
)
def test_what_lies_in_the_file_itself_is_let_through(inside: str) -> None:
    assert svg_size(svg(inside)) == (200, 100)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (svg("<script>1</script>"), "it holds <script>"),
        (svg("<foreignObject/>"), "it holds <foreignobject>"),
        (svg('<animate attributeName="x"/>'), "it holds <animate>"),
        (svg('<rect onclick="x"/>'), "it holds the attribute 'onclick'"),
        (svg('<image href="http://127.0.0.1/x.png"/>'), "it refers to 'http://127.0.0.1/x.png'"),
        (svg('<a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:x"/>'), "refers to 'javascript:x'"),
        (svg('<image href="data:text/html,x"/>'), "refers to 'data:text/html,x'"),
        (svg('<image href="file:///etc/passwd"/>'), "refers to 'file:///etc/passwd'"),
        (svg('<rect style="fill:url(http://x)"/>'), "refers to 'http://x'"),
        (svg("<style>@import 'http://x';</style>"), "refers to"),
        (svg("<style>a{fill:u\\72l(http://x)}</style>"), "refers to"),
        (svg(attributes='width="100%"'), "does not say how large it is"),
        (svg(attributes='viewBox="0 0 0 0"'), "does not say how large it is"),
        (b"<html/>", "it is no SVG: it begins with <html>"),
        (b"<svg/>", "it is no SVG"),
        (b"", "it is not well-formed XML"),
        ("<svg>ä</svg>".encode("latin-1"), "it is not UTF-8"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(), "it declares entities"),
        (b'<?xml-stylesheet href="x.css"?>' + svg(), "refers to 'a style sheet'"),
    ],
)
def test_what_runs_code_or_loads_something_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(SvgError) as caught:
        svg_size(content)
    assert message in caught.value.message
    assert caught.value.hint


def test_the_line_of_a_mistake_is_told() -> None:
    with pytest.raises(SvgError) as caught:
        svg_size(svg("\n<script/>"))
    assert caught.value.line == 3
