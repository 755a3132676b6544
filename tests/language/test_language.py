"""A report's language: its texts, its truth values and what it is called."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.errors import ReportError
from scheduled_reports.language import ENGLISH, language_of

GERMAN = language_of("de")
FRENCH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "yes"
msgstr "oui"

msgid "{count} row"
msgid_plural "{count} rows"
msgstr[0] "{count} ligne"
msgstr[1] "{count} lignes"

#, fuzzy
msgid "no"
msgstr "peut-être"

msgid "Total"
msgstr ""
"""


@pytest.fixture
def include(tmp_path: Path) -> Path:
    (tmp_path / "locales").mkdir()
    (tmp_path / "locales" / "fr.po").write_text(FRENCH, encoding="utf-8")
    return tmp_path


def test_english_is_the_language_unless_told() -> None:
    assert (ENGLISH.code, ENGLISH.locale, ENGLISH.lang) == ("en", "en", "en")
    assert language_of("en") == ENGLISH


def test_a_language_has_a_locale_that_may_be_another_country() -> None:
    austrian = language_of("de", "de-AT")

    assert (austrian.code, austrian.locale, austrian.lang) == ("de", "de_AT", "de-AT")
    assert austrian.shown(dt.date(2026, 1, 31), "d. MMMM") == "31. Jänner"
    assert austrian.text("yes") == "ja"


def test_a_date_may_be_asked_for_by_name() -> None:
    assert GERMAN.date(dt.date(2026, 3, 1), "long") == "1. März 2026"
    assert ENGLISH.date(dt.date(2026, 3, 1)) == "2026-03-01"


def test_a_language_knows_which_way_it_is_read(include: Path) -> None:
    (include / "locales" / "ar.po").write_text('msgid "yes"\nmsgstr "نعم"\n', encoding="utf-8")

    assert language_of("ar", include=include).right_to_left
    assert not GERMAN.right_to_left


def test_a_language_with_its_country_takes_the_texts_of_the_language() -> None:
    assert language_of("de-CH").text("yes") == "ja"
    assert language_of("de-CH").locale == "de_CH"


@pytest.mark.parametrize(("value", "text"), [(True, "ja"), (False, "nein"), (None, "–"), (float("nan"), "–")])
def test_truth_and_what_is_missing(value: Any, text: str) -> None:
    assert GERMAN.shown(value, "0.0") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\tb\r\n\x00c", "a b c"),
        ("ab\u202edc", "abdc"),
        ("=1+1", "=1+1"),
        (b"ab", "YWI="),
        ([1.5, None, ["x"]], "1,50; –; (x)"),
        ({"a": Decimal("0.5"), "b": True}, "a: 0,50; b: ja"),
        (dt.timedelta(days=1, hours=2, seconds=5), "26:00:05"),
        (dt.timedelta(seconds=-5), "-0:00:05"),
    ],
)
def test_what_is_no_number_is_text_on_one_line(value: Any, text: str) -> None:
    assert GERMAN.shown(value) == text


def test_placeholders_are_filled_and_texts_without_values_stay_as_they_are() -> None:
    assert GERMAN.text("{name} ({dates})", name="Q1", dates="{2026}") == "Q1 ({2026})"
    assert GERMAN.text("{braces} that nobody fills") == "{braces} that nobody fills"


def test_a_text_that_no_catalogue_has_is_english() -> None:
    assert GERMAN.text("Nobody says this, {name}", name="x") == "Nobody says this, x"
    assert GERMAN.counted("{count} thing of {name}", "{count} things of {name}", 1000, name="x") == "1.000 things of x"
    assert ENGLISH.counted("{count} thing", "{count} things", 1) == "1 thing"


def test_a_catalogue_in_include_adds_a_language(include: Path) -> None:
    french = language_of("fr", "fr-CA", include)

    assert [french.shown(value) for value in (True, False)] == ["oui", "no"]
    assert [french.counted("{count} row", "{count} rows", count) for count in (0, 1, 2)] == [
        "0 ligne", "1 ligne", "2 lignes",
    ]  # fmt: skip
    assert french.text("Total") == "Total"


def test_a_catalogue_in_include_says_our_texts_otherwise(include: Path) -> None:
    (include / "locales" / "de-AT.po").write_text('msgid "yes"\nmsgstr "jo"\n', encoding="utf-8")

    assert language_of("de-AT", include=include).shown(True) == "jo"
    assert language_of("de", include=include).shown(True) == "ja"
    assert language_of("de-AT").shown(True) == "ja"


def test_a_catalogue_that_was_changed_is_read_again(include: Path) -> None:
    before = language_of("fr", include=include).shown(True)
    file = include / "locales" / "fr.po"
    file.write_text(FRENCH.replace("oui", "si"), encoding="utf-8")
    file.touch()

    assert (before, language_of("fr", include=include).shown(True)) == ("oui", "si")


def test_a_language_travels_to_other_processes(include: Path) -> None:
    french = language_of("fr", include=include)

    assert pickle.loads(pickle.dumps(french)) == french
    assert len({french, language_of("fr", include=include), GERMAN}) == 2


@pytest.mark.parametrize(
    ("code", "locale", "reason"),
    [
        ("fr", None, "de, en"),
        ("dee", None, "no locale 'dee'"),
        ("de", "de-AX", "de_AT"),
        ("de", "fr-FR", "not one of the language"),
        ("", None, "no code"),
        ("de; rm", None, "no code"),
    ],
)
def test_a_language_that_there_is_not_is_an_error_with_those_there_are(
    code: str, locale: str | None, reason: str
) -> None:
    with pytest.raises(ReportError, match=reason):
        language_of(code, locale)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('msgid "yes"\nmsgstr "jo', "fr.po"),
        ('msgid "run {run}"\nmsgstr "course {cours}"', "{run}"),
        ('msgid "run {run}"\nmsgstr "course {run"', "line 1"),
        ("this is no catalogue", "line"),
        ('msgid "yes"\nmsgstr "\udcff"', "utf-8"),
        ('msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=import os;\\n"', "plural"),
    ],
)
def test_a_broken_catalogue_is_an_error_that_names_it(include: Path, text: str, reason: str) -> None:
    (include / "locales" / "fr.po").write_text(text, encoding="utf-8", errors="surrogateescape")

    with pytest.raises(ReportError, match=reason) as raised:
        language_of("fr", include=include)
    assert "locales/fr.po" in str(raised.value)
