"""Prose in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduled_reports.document import Binding, Heading, HeadingBlock, Text, TextBlock
from scheduled_reports.errors import SpecError
from scheduled_reports.tables import Tables


def bound(markdown: str) -> Text:
    return TextBlock(type="text", markdown=markdown).bind(Binding(Tables(Path()), {"who": "<Anna>"}))


def test_html_in_it_is_shown_as_text() -> None:
    assert bound("<script>x</script> {{ who }}").html == "<p>&lt;script&gt;x&lt;/script&gt; &lt;Anna&gt;</p>\n"


def test_its_headings_stand_below_the_title_of_the_report() -> None:
    assert bound("# One\n\n###### Six").html == "<h2>One</h2>\n<h6>Six</h6>\n"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ('![a "b"](https://x.example/y.png)', '<p><a href="https://x.example/y.png">a &quot;b&quot;</a></p>\n'),
        ("![](https://x.example/y.png)", '<p><a href="https://x.example/y.png">https://x.example/y.png</a></p>\n'),
        ("![logo](logo.png)", "<p>logo (logo.png)</p>\n"),
        ("![x](file:///etc/passwd)", "<p>![x](file:///etc/passwd)</p>\n"),
        ("![dot](data:image/png;base64,AAAA)", '<p><img src="data:image/png;base64,AAAA" alt="dot"></p>\n'),
    ],
)
def test_only_pictures_inside_the_text_are_shown(markdown: str, html: str) -> None:
    assert bound(markdown).html == html


def test_markdown_becomes_html_with_tables_and_emphasis() -> None:
    text = bound("  Calls **rose**, ~~fell~~:\n\n- one\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

    assert text.markdown.startswith("Calls **rose**")
    for part in ("<strong>rose</strong>", "<s>fell</s>", "<li>one</li>", "<td>2</td>"):
        assert part in text.html


def test_a_link_that_is_a_script_is_no_link() -> None:
    assert "<a" not in bound("[x](javascript:alert(1))").html
    assert bound("[x](https://x.example/?a=1&b=2)").html == '<p><a href="https://x.example/?a=1&amp;b=2">x</a></p>\n'


def test_words_are_filled_into_text_and_headings_and_unknown_ones_refused() -> None:
    heading = HeadingBlock(type="heading", text="For {{ who }}", level=2).bind(Binding(Tables(Path()), {"who": "Anna"}))

    assert heading == Heading("For Anna", 2)
    with pytest.raises(SpecError, match="'whom' is undefined"):
        bound("For {{ whom }}")


def test_a_value_makes_no_heading_of_the_line_above() -> None:
    text = TextBlock(type="text", markdown="Calls\n{{ who }}").bind(Binding(Tables(Path()), {"who": "==="}))

    assert text.html == "<p>Calls\n===</p>\n"
