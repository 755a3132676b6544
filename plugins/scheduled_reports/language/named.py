"""Formats that have a name: what they are in a locale.

| name                                | a number or date                               | in German             |
| ----------------------------------- | ---------------------------------------------- | --------------------- |
| `integer`, `decimal`, `decimal 2`   | whole; up to three decimals; exactly so many   | 1.235 · 1.234,568     |
| `percent`, `percent 1`              | of a share: 0.193                              | 19 % · 19,3 %         |
| `currency EUR`                      | with the currency's sign, place and decimals   | 1.234,57 €            |
| `compact`, `compact EUR`            | rounded to thousands, millions …               | 1,2 Mio. · 1,2 Mio. € |
| `unit kilogram`                     | with a unit of CLDR                            | 12 kg                 |
| `short`, `medium`, `long`, `full`   | a date; one with a time has hours and minutes  | 1. Oktober 2026       |
| `skeleton yMMMM`                    | these parts of a date, in the locale's order   | Oktober 2026          |
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, Literal

from babel import Locale
from babel.dates import match_skeleton
from babel.numbers import get_currency_precision, get_currency_symbol, is_currency, list_currencies
from babel.units import UnknownUnitError, format_unit

from scheduled_reports.language.numbers import PRECISION, Number, native, number_style, symbol

MomentKind = Literal["date", "datetime", "time"]

_NUMBERS = re.compile(r"(integer|decimal|percent|currency|compact|unit)(?: ([A-Za-z0-9-]+))?")
_STYLES = ("short", "medium", "long", "full")
_ENGLISH = Locale("en")
_SKELETON = re.compile(r"skeleton ([A-Za-z]+)")


def number_pattern(form: str, locale: Locale) -> str:
    """Return the pattern of a named number format; what has no such name is a pattern already.

    Raises:
        ValueError: The name goes with something that it does not know, or is one of a date.
    """
    if form in _STYLES or _SKELETON.fullmatch(form):
        raise ValueError(f"{form!r} is a format of dates, this is a number")
    name, given = _parts(form)
    if name in ("integer", "decimal", "percent"):
        return _with_digits(name, given, locale)
    return _currency_pattern(given, locale) if name == "currency" else form


def is_named_number(form: str) -> bool:
    """Return whether a format is one of numbers that has a name, known or not what comes behind it."""
    return _parts(form)[0] is not None


def is_percentage(form: str | None) -> bool:
    """Return whether a format writes a share as per cent."""
    return form is not None and (_parts(form)[0] == "percent" or "%" in re.sub("'[^']*'", "", form))


def moment_pattern(form: str, kind: MomentKind, locale: Locale) -> str:
    """Return the pattern of a named date format for a kind of value; else it is a pattern already.

    Raises:
        ValueError: CLDR has no such skeleton, or the name is one of a number.
    """
    if _parts(form)[0] is not None:
        raise ValueError(f"{form!r} is a format of numbers, this is a date or a time")
    if skeleton := _SKELETON.fullmatch(form):
        return _skeleton_pattern(skeleton[1], locale)
    if form not in _STYLES:
        return form
    time = str(locale.time_formats["short" if form == "short" or kind == "datetime" else "medium"].pattern)
    if kind == "time":
        return time
    date = str(locale.date_formats[form].pattern)
    glue = str(locale.datetime_formats[form])
    return glue.replace("{0}", time).replace("{1}", date) if kind == "datetime" else date


def compact(form: str, locale: Locale) -> Callable[[Number], str] | None:
    """Return what writes numbers in thousands and millions; None where the format is another."""
    name, given = _parts(form)
    if name != "compact":
        return None
    if given is None:
        return functools.partial(_compact, locale, locale.compact_decimal_formats["short"], None)
    return functools.partial(_compact, locale, locale.compact_currency_formats["short"], _known(given))


def unit(form: str, locale: Locale) -> Callable[[Number], str] | None:
    """Return what writes numbers with a unit; None where the format is another.

    Raises:
        ValueError: CLDR knows no such unit.
    """
    name, given = _parts(form)
    if name != "unit":
        return None
    unit_id = _unit_id(given or "")
    try:
        format_unit(1, unit_id, "short", locale=locale)
    except UnknownUnitError:
        raise ValueError(f"CLDR does not say how {locale} writes the unit {given!r}") from None
    return functools.partial(_unit, locale, unit_id)


def _unit_id(name: str) -> str:
    """Return CLDR's id of a unit, which begins with what it measures: `mass-kilogram`."""
    ids: list[str] = sorted(_ENGLISH.unit_display_names, key=len)
    found = next((known for known in ids if known == name or known.endswith(f"-{name}")), None)
    if found is None or not name:
        near = difflib.get_close_matches(name, [known.partition("-")[2] for known in ids], n=1, cutoff=0.6)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(f"CLDR knows no unit {name!r}; {hint}write one of its names: 'unit kilogram', "
                         "'unit kilometer-per-hour', 'unit megabyte'")  # fmt: skip
    return found


def _parts(form: str) -> tuple[str | None, str | None]:
    found = _NUMBERS.fullmatch(form)
    return (found[1], found[2]) if found else (None, None)


def _with_digits(name: str, given: str | None, locale: Locale) -> str:
    pattern = str((locale.percent_formats if name == "percent" else locale.decimal_formats)[None].pattern)
    if given is not None and (not re.fullmatch(r"\d\d?", given) or name == "integer"):
        raise ValueError(f"'{name} {given}' is no format; write '{name}'" + (
            "" if name == "integer" else f", or how many decimals: '{name} 1'"))  # fmt: skip
    if name == "decimal" and given is None:
        return pattern
    digits = int(given or 0)
    return re.sub(r"0(\.[0#]+)?(?=[^0#]|$)", "0" + ("." + "0" * digits if digits else ""), pattern, count=1)


def _currency_pattern(given: str | None, locale: Locale) -> str:
    """Return the locale's pattern with the currency's sign and decimals (ISO 4217)."""
    code = _known(given)
    digits = get_currency_precision(code)
    pattern = re.sub(r"\.0+", "." + "0" * digits if digits else "", str(locale.currency_formats["standard"].pattern))
    return _signed(pattern, code, locale)


def _signed(pattern: str, currency: str | None, locale: Locale) -> str:
    """Put the currency's sign into a pattern.

    A sign of letters keeps a no-break space from the digits (UTS #35, Part 3, currencySpacing).
    """
    if currency is None:
        return pattern
    sign = get_currency_symbol(currency, locale)
    pattern = re.sub("¤(?=[-#0])", "¤\u00a0" if sign[-1].isalpha() else "¤", pattern)
    pattern = re.sub("(?<=[#0])¤", "\u00a0¤" if sign[0].isalpha() else "¤", pattern)
    return pattern.replace("¤", "'" + sign.replace("'", "''") + "'")


def _known(given: str | None) -> str:
    if given is None or not is_currency(given):
        near = difflib.get_close_matches((given or "").upper(), _currencies(), n=1, cutoff=0.6)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(f"{given!r} is no currency; {hint}write its code (ISO 4217): 'currency EUR'")
    return given


@functools.cache
def _currencies() -> tuple[str, ...]:
    return tuple(sorted(list_currencies()))


def _skeleton_pattern(skeleton: str, locale: Locale) -> str:
    skeletons = locale.datetime_skeletons
    found = skeleton if skeleton in skeletons else match_skeleton(skeleton, skeletons)
    if found is None:
        raise ValueError(f"{skeleton!r} is no skeleton that CLDR has for {locale}; write one like yMMMM or MMMd")
    return str(getattr(skeletons[found], "pattern", skeletons[found]))


def _compact(locale: Locale, forms: Mapping[str, Any], currency: str | None, value: Number) -> str:
    """Write a number by CLDR's compact patterns, with at most one decimal; where it has none for it, in full."""
    number = abs(Decimal(str(value)))
    pattern, figure = _in_full(number, currency, locale), number
    with localcontext(prec=PRECISION):
        for size in sorted(map(int, forms["other"]), reverse=True):
            if number >= size or _tenths(number * 1000 / size) >= 1000:  # 999,999 is a million and not 1,000 thousand
                short = str(forms["other"][str(size)].pattern)
                if re.sub("[¤\\s]", "", short) != "0":
                    figure = _tenths(number * 10 ** (short.count("0") - 1) / size)
                    pattern = _compact_pattern(forms, size, figure, locale)
                break
        style = number_style(_signed(pattern, currency, locale), locale)
        return style.write(figure if value >= 0 else -figure)


def _tenths(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def _in_full(number: Decimal, currency: str | None, locale: Locale) -> str:
    if currency is None:
        return "#,##0.##" if number < 1000 else "#,##0"
    pattern = str(locale.currency_formats["standard"].pattern)
    digits = get_currency_precision(currency) if number < 1000 else 0
    return re.sub(r"\.0+", "." + "0" * digits if digits else "", pattern)


def _compact_pattern(forms: Mapping[str, Any], size: int, figure: Decimal, locale: Locale) -> str:
    plural = str(locale.plural_form(figure.normalize()))
    found = forms.get(plural, {}).get(str(size)) or forms["other"][str(size)]
    return re.sub("0+", "#,##0.#", str(found.pattern), count=1)


def _unit(locale: Locale, name: str, value: Number) -> str:
    number = Decimal(str(value)).normalize()
    with localcontext(prec=PRECISION):
        text = str(format_unit(abs(number), name, "short", locale=locale, numbering_system="default"))
    return native(("" if number >= 0 else symbol(locale, "minusSign")) + text, locale)
