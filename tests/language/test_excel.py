"""The formats of a report for Excel: openpyxl takes them for numbers or dates as we do."""

from __future__ import annotations

import pytest
from openpyxl.styles.numbers import is_date_format

from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.language.excel import MomentKind, moment_format, number_format

GERMAN = Language("de", "de")


@pytest.mark.parametrize(
    ("form", "english", "german"),
    [
        ("#,##0.00 €", "#,##0.00 €", "#,##0.00 €"),
        ("currency EUR", '"€"#,##0.00', '#,##0.00\u00a0"€"'),
        ("currency CHF", '"CHF"\u00a0#,##0.00', '#,##0.00\u00a0"CHF"'),
        ("percent 1", "#,##0.0%", "#,##0.0\u00a0%"),
        ("integer", "#,##0", "#,##0"),
        ("compact EUR", "#,##0.##", "#,##0.##"),
        ("unit kilogram", "#,##0.##", "#,##0.##"),
    ],
)
def test_a_number_has_the_same_look_in_excel(form: str, english: str, german: str) -> None:
    assert (number_format(form, ENGLISH), number_format(form, GERMAN)) == (english, german)


@pytest.mark.parametrize(
    ("form", "kind", "english", "german"),
    [
        (None, "date", "yyyy-mm-dd", "dd.mm.yyyy"),
        (None, "datetime", "yyyy-mm-dd hh:mm", "dd.mm.yyyy hh:mm"),
        ("EEEE, d. MMMM yyyy", "date", "[$-409]dddd, d. mmmm yyyy", "[$-407]dddd, d. mmmm yyyy"),
        ("long", "date", "[$-409]mmmm d, yyyy", "[$-407]d. mmmm yyyy"),
        ("short", "time", "h:mm\u202fAM/PM", "hh:mm"),
    ],
)
def test_a_date_has_the_same_look_in_excel(form: str | None, kind: MomentKind, english: str, german: str) -> None:
    found = moment_format(form, kind, ENGLISH), moment_format(form, kind, GERMAN)

    assert found == (english, german)
    assert all(map(is_date_format, found))


@pytest.mark.parametrize(("locale", "number"), [("de_AT", "C07"), ("fr", "40C"), ("pt_PT", "816"), ("ast", "")])
def test_names_of_months_are_in_the_language_of_the_report(locale: str, number: str) -> None:
    found = moment_format("MMMM", "date", Language(locale.partition("_")[0], locale))

    assert found == (f"[$-{number}]mmmm" if number else "mmmm")


def test_a_format_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="no currency"):
        number_format("currency EURO", ENGLISH)
    with pytest.raises(ValueError, match="format of numbers"):
        moment_format("percent", "date", ENGLISH)
