"""A report's language: our own texts, numbers and dates as its readers write them."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale

from scheduled_reports.errors import ReportError
from scheduled_reports.language.codes import locale_code, require_one_language
from scheduled_reports.language.columns import MISSING, column_texts
from scheduled_reports.language.moments import write_moment
from scheduled_reports.language.numbers import write_number
from scheduled_reports.language.periods import period_in_words
from scheduled_reports.language.texts import OwnTexts, languages, own_texts, texts_of
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.schedule.period import Period


@dataclass(frozen=True)
class Language:
    """A language for our own texts, and a locale for numbers and dates.

    Attributes:
        code: The language, as CLDR writes it: `en`, `de`, `pt_BR`.
        locale: The locale, one of that language: `de_AT`.
        own: The operator's catalogues of texts, where there are some.
    """

    code: str = "en"
    locale: str = "en"
    own: OwnTexts | None = None

    @property
    def lang(self) -> str:
        """The locale as BCP 47 writes it, for `<html lang>` and a PDF's /Lang."""
        return self.locale.replace("_", "-")

    @property
    def babel(self) -> Locale:
        """The locale's data."""
        return _locale(self.locale)

    @property
    def right_to_left(self) -> bool:
        """Whether it is written from right to left."""
        return bool(self.babel.text_direction == "rtl")

    def text(self, message: str, **values: Any) -> str:
        """Return our own text in this language, `{name}` filled in; English where it has none.

        Args:
            message: The English text.
            values: What its placeholders stand for; numbers and dates as `shown` writes them.
        """
        found = texts_of(self.code, self.own).single.get(message, message)
        return found.format(**values) if values else found

    def counted(self, one: str, many: str, count: int, **values: Any) -> str:
        """Return our own text for so many things; `{count}` is their number as readers write it.

        Args:
            one: The English text for one thing.
            many: The English text for any other number.
            count: How many there are.
            values: What other placeholders stand for.
        """
        forms, which = texts_of(self.code, self.own).counted.get(one, ((one, many), _english))
        return forms[which(abs(count))].format(count=self.shown(count), **values)

    def shown(self, value: Any, pattern: str | None = None) -> str:
        """Return `value` as readers see it, on one line; a missing value, NaN or infinity is an en dash.

        Args:
            value: A number, date, time, truth value or text.
            pattern: A pattern (UTS #35) or a named format; without one, the kind of value decides.

        Raises:
            ValueError: The pattern does not fit the value.
        """
        if value is None or _is_not_finite(value):
            return MISSING
        if isinstance(value, bool):
            return self.text("yes") if value else self.text("no")
        if isinstance(value, int | float | Decimal):
            return write_number(value, pattern or None, self.babel)
        if isinstance(value, dt.date | dt.time):
            return write_moment(value, pattern or None, self.babel)
        if isinstance(value, dict | list | tuple):
            return self._several(value)
        return _words(value)

    def _several(self, value: Any) -> str:
        """Return what a nested value holds: `red; 1,5`, `colour: red; sizes: (1; 2)`."""
        items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
        parts = [(name, f"({self.shown(item)})" if isinstance(item, dict | list | tuple) else self.shown(item))
                 for name, item in items]  # fmt: skip
        return "; ".join(text if name is None else f"{_words(name)}: {text}" for name, text in parts)

    def column(self, array: pa.Array, pattern: str | None = None, zone: dt.tzinfo | None = None) -> list[str]:
        """Return the values of an Arrow column as `shown` writes them, instants by the clocks of `zone`.

        Raises:
            ValueError: The pattern does not fit a value.
        """
        return column_texts(self, array, pattern or None, zone)

    def date(self, value: dt.date | dt.time, pattern: str | None = None) -> str:
        """Return a date or time as readers see it.

        Raises:
            ValueError: The pattern does not fit it.
        """
        return write_moment(value, pattern or None, self.babel)

    def period(self, period: Period) -> str:
        """Return the period in words."""
        return period_in_words(self, period)


ENGLISH = Language()


def language_of(code: str, locale: str | None = None, include: Path | None = None) -> Language:
    """Return a language that there are texts in.

    Args:
        code: The language: `de`, `pt-BR`.
        locale: The locale for numbers and dates; the language's own unless given.
        include: The folder whose `locales/<code>.po` adds languages and texts.

    Raises:
        ReportError: There is no such language or locale, or its texts cannot be read.
    """
    own = own_texts(include)
    try:
        language = locale_code(code)
        shown_in = locale_code(locale) if locale is not None else language
        require_one_language(language, shown_in)
    except ValueError as error:
        raise ReportError("the report's language cannot be used", why=str(error),
                          fix="correct `language` and `locale` in the spec") from error  # fmt: skip
    known = languages(own)
    if language not in known and Locale.parse(language).language not in known:
        raise ReportError(f"there are no texts in the language {code!r}", why=did_you_mean(language, known),
                          fix=f"write them in include/locales/{language}.po, or set another `language`; `locale` alone "
                          "changes numbers and dates only")  # fmt: skip
    texts_of(language, own)
    return Language(language, shown_in, own)


def _english(count: int) -> int:
    return 0 if count == 1 else 1


@functools.cache
def _locale(identifier: str) -> Locale:
    return Locale.parse(identifier)


def _is_not_finite(value: Any) -> bool:
    return not (
        value.is_finite() if isinstance(value, Decimal) else not isinstance(value, float) or math.isfinite(value)
    )


def _words(value: Any) -> str:
    """Return text, and what is neither number nor date, on one line: bytes as base64, a span of time as `26:03:04`."""
    from scheduled_reports.document.cells import clean

    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.timedelta):
        return _duration(value)
    return clean(str(value))


def _duration(value: dt.timedelta) -> str:
    """Return hours, minutes and seconds: `26:03:04`."""
    seconds = abs(value) // dt.timedelta(seconds=1)
    sign = "-" if value < dt.timedelta(0) else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
