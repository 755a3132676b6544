"""Prose in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduled_reports.document import Text, TextBlock
from scheduled_reports.tables import Tables


def bound(markdown: str) -> Text:
    return TextBlock(type="text", markdown=markdown).bind(Tables(Path()), {"who": "<Anna>"})


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
