"""Numbers by patterns and by named formats, in the symbols of a locale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from babel.localedata import locale_identifiers

from scheduled_reports.language import Language
from scheduled_reports.language.named import is_percentage

NARROW, SPACE = "\u202f", "\u00a0"


def shown(locale: str, value: Any, pattern: str | None = None) -> str:
    return Language(locale.partition("_")[0], locale).shown(value, pattern)


@pytest.mark.parametrize(
    ("locale", "value", "pattern", "text"),
    [
        ("de", 1234.56, "#,##0.00 €", "1.234,56 €"),
        ("de", -3120.75, None, "-3.120,75"),
        ("de_CH", 1234.56, "#,##0.00", "1’234.56"),
        ("pl", 1234.56, "#,##0.00", f"1{SPACE}234,56"),
        ("fr", 1234567.5, "#,##0.00", f"1{NARROW}234{NARROW}567,50"),
        ("hi", 1234567.5, "#,##0.00", "12,34,567.50"),
        ("en", 1234567.5, "#,##,##0.00", "12,34,567.50"),
        ("ar_EG", 1234.5, "#,##0.00", "١٬٢٣٤٫٥٠"),
        ("ar_AE", 1234.5, "#,##0.00", "1,234.50"),
        ("sv", -5, "0", "−5"),
        ("de", 0.193, "0.0%", "19,3%"),
        ("de", 19.3, "0.0'%'", "19,3%"),
        ("de", 5, "'a;b-%' 0", "a;b-% 5"),
        ("de", -0.0, "0.00", "0,00"),
        ("de", 123456, "0.00E0", "1,23E5"),
        ("de", 1234.5, "", "1.234,50"),
    ],
)
def test_a_pattern_is_written_with_the_locales_symbols(
    locale: str, value: float, pattern: str | None, text: str
) -> None:
    assert shown(locale, value, pattern) == text


@pytest.mark.parametrize(
    ("pattern", "value", "english", "german"),
    [
        ("integer", 1234.5, "1,234", "1.234"),
        ("decimal", 1234.5678, "1,234.568", "1.234,568"),
        ("decimal 1", 1234.5678, "1,234.6", "1.234,6"),
        ("decimal 0", 1234.5678, "1,235", "1.235"),
        ("percent", 0.193, "19%", f"19{SPACE}%"),
        ("percent 1", 0.193, "19.3%", f"19,3{SPACE}%"),
        ("currency EUR", -1234.5, "-€1,234.50", f"-1.234,50{SPACE}€"),
        ("currency JPY", 1234.5, "¥1,234", f"1.234{SPACE}¥"),
        ("currency CHF", 1234.5, f"CHF{SPACE}1,234.50", f"1.234,50{SPACE}CHF"),
        ("compact", 1234567, "1.2M", f"1,2{SPACE}Mio."),
        ("compact", -1234567890, "-1.2B", f"-1,2{SPACE}Mrd."),
        ("compact", 999_999, "1M", f"1{SPACE}Mio."),
        ("compact", 949_999, "950K", "949.999"),
        ("compact", 0.05, "0.05", "0,05"),
        ("compact", 0, "0", "0"),
        ("compact EUR", 1_250_000, "€1.2M", f"1,2{SPACE}Mio.{SPACE}€"),
        ("compact EUR", 12.5, "€12.50", f"12,50{SPACE}€"),
        ("unit kilogram", 1234.5, "1,234.5 kg", "1.234,5 kg"),
        ("unit duration-hour", -2.0, "-2 hr", "-2 Std."),
        ("unit day", 1, "1 day", "1 Tg."),
    ],
)
def test_a_named_format_is_the_locales_own(pattern: str, value: float, english: str, german: str) -> None:
    assert (shown("en", value, pattern), shown("de", value, pattern)) == (english, german)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("currency EURO", "did you mean 'EUR'"),
        ("currency", "ISO 4217"),
        ("compact XX", "no currency"),
        ("unit kilogramm", "did you mean 'kilogram'"),
        ("unit", "knows no unit"),
        ("unit r", "knows no unit"),
        ("integer 2", "write 'integer'"),
        ("percent two", "'percent 1'"),
        ("medium", "format of dates"),
        ("skeleton yMMM", "format of dates"),
        ("yyyy", "no place for the digits"),
        ("'only text'", "no place for the digits"),
        ("@@.0", "Significant digit"),
        ("0,", "group without digits"),
        ("#,,##0", "group without digits"),
        ("0." + "0" * 2000, "more than 1,000 digits"),
    ],
)
def test_a_format_that_does_not_fit_a_number_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        shown("en", 1234.5, pattern)


@pytest.mark.parametrize("locale", ["en", "de", "hi", "ar_EG"])
def test_numbers_of_any_size_are_written_in_full(locale: str) -> None:
    assert sum(letter.isdigit() for letter in shown(locale, 1.7976931348623157e308)) == 309
    assert sum(letter.isdigit() for letter in shown(locale, Decimal("1234567890" * 40), "compact")) > 380


@pytest.mark.parametrize("pattern", [None, "#,##0.00", "percent 1", "currency CHF", "compact EUR", "unit hour"])
def test_every_locale_of_cldr_writes_numbers_with_its_own_digits(pattern: str | None) -> None:
    for name in locale_identifiers():
        digits = [letter for letter in shown(name, -1234.5, pattern) if letter.isdecimal()]
        assert digits, name
        own = Locale.parse(name).default_numbering_system
        symbols = Locale.parse(name).number_symbols.get(own, {})  # one locale has digits and nothing to put between
        assert {letter.isascii() for letter in digits} == {own == "latn" or "decimal" not in symbols}, name


@pytest.mark.parametrize(
    ("pattern", "percentage"),
    [("0%", True), ("percent 1", True), ("0'%'", False), ("currency EUR", False), (None, False)],
)
def test_only_a_percent_sign_outside_quotes_makes_a_percentage(pattern: str | None, percentage: bool) -> None:
    assert is_percentage(pattern) is percentage
