"""Text as operators: one setting for each text, and one for all that differ in their digits only."""

from __future__ import annotations

from typing import Any

import pytest
import weasyprint

from scheduled_reports.typeset.boxes import texts
from scheduled_reports.typeset.text_runs import Ink
from typesetting import setter, style

PATTERNS = (
    "{:,}",
    "A-{:05d}",
    "2026-10-{:02d}",
    "{} %",
    "10:{:02d} 1x2",
    "Kunde {} GmbH",
    "({})",
    "−{:,}.00 €",
    "%{}%s",
)


@pytest.mark.parametrize("css", ["font-variant-numeric: tabular-nums", "", "letter-spacing: 1px", "font-weight: 700"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_texts_that_share_a_pattern_are_set_as_each_by_itself(css: str, pattern: str) -> None:
    shared, alone = setter(css), setter(css)

    for number in (*range(12), *range(100, 130), 98_765, 1_234_567):
        text = pattern.format(number)
        ours, expected = shared.run(text), alone._set(text)
        assert ours.width == pytest.approx(expected.width, abs=1e-6)
        assert (ours.font, ours.show) == (expected.font, _joined(expected.show))


def test_tabular_digits_are_set_once_for_a_pattern() -> None:
    found = setter("font-variant-numeric: tabular-nums")

    for number in range(1000, 1100):
        found.run(f"A-{number}")

    assert found._seen["A-0000"] is not None
    assert len(found._runs) == 2  # the first one, and the one by which the pattern was seen to come again


def test_a_line_is_no_wider_than_asked_for_and_nothing_is_lost() -> None:
    text = "Eine längere Beschreibung 日本語テキスト und שלום " + "x" * 200

    lines = setter().lines(text, 100)

    assert len(lines) > 5
    assert max(line.width for line in lines) <= 100


def test_text_with_emoji_draws_pictures_and_other_scripts_say_their_fonts() -> None:
    found = setter()

    assert found.run("ok 😀").coloured
    assert " Do" in found.run("ok 😀").show
    assert found.run("日本 ok").show.count(" Tf") == 2
    assert found.run("ok").show.count(" Tf") == 0


def test_fonts_of_other_scripts_make_a_line_higher() -> None:
    assert setter().run("日本").shift != 0
    assert setter().run("Ωμέγα 12").shift == 0


def test_letters_are_transformed_as_the_style_says() -> None:
    assert setter("text-transform: uppercase").run("abc").show == setter().run("ABC").show


def test_styles_with_the_same_letters_share_their_settings() -> None:
    sheet, fonts, fetcher = style()
    page = weasyprint.HTML(string='<p>a</p><p style="color: red">b</p><p style="font-size: 8pt">c', url_fetcher=fetcher)
    document = page.render(stylesheets=[sheet], font_config=fonts)
    ink, styles = Ink(document.fonts), [box.style for box in texts(document.pages[0]._page_box)]

    first, red, small = (ink.setter(one) for one in _of_paragraphs(styles))

    assert first is red
    assert first is not small


def _of_paragraphs(styles: list[Any]) -> list[Any]:
    return styles[:3]


def _joined(show: str) -> str:
    """Return operators without the seams between glyphs that no kerning parts."""
    return show.replace("><", "")
