"""Prose in a mail has its styles in its tags."""

from __future__ import annotations

import re
from pathlib import Path

from sample_document import document
from scheduled_reports.brands import HOUSE
from scheduled_reports.document import Text, TextBlock
from scheduled_reports.mail_body.inks import inks_of
from scheduled_reports.mail_body.inlined import inlined

MARKDOWN = "# A\n\nb [c](https://x.example)\n\n- d\n\n> e\n\n`f` &lt;p&gt; <p>\n\n| g | h |\n|---|--:|\n| 1 | 2 |"


def test_every_tag_that_mail_programs_style_otherwise_has_its_style(tmp_path: Path) -> None:
    (block,) = document(tmp_path, TextBlock(type="text", markdown=MARKDOWN)).blocks
    assert isinstance(block, Text)
    html = inlined(block.html, inks_of(HOUSE))
    bare = set(re.findall(r"<([a-z]\w*)>", html))
    assert bare <= {"thead", "tbody", "tr"}
    assert f'<a style="color:{HOUSE.colors["accent"]}" href="https://x.example">c</a>' in html
    assert html.count('style="text-align:right"') == 2, "as the author aligned it"


def test_what_is_written_as_text_stays_text(tmp_path: Path) -> None:
    (block,) = document(tmp_path, TextBlock(type="text", markdown=MARKDOWN)).blocks
    assert isinstance(block, Text)
    plain = re.sub(r"<[^>]*>", "", block.html)
    assert re.sub(r"<[^>]*>", "", inlined(block.html, inks_of(HOUSE))) == plain
    assert "&lt;p&gt; &lt;p&gt;" in plain
