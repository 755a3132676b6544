"""A number as text, by a pattern (UTS #35, Part 3), with the symbols of a locale. Babel writes the digits."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

Number = int | float | Decimal

PRECISION = 1_000
"""Digits that a number may have: the largest float has 309 before the point."""

_ZEROS = {
    "adlm": "\U0001e950", "arab": "\u0660", "arabext": "\u06f0", "beng": "\u09e6", "cakm": "\U00011136",
    "deva": "\u0966", "hmnp": "\U0001e140", "mtei": "\uabf0", "mymr": "\u1040", "nkoo": "\u07c0", "olck": "\u1c50",
    "tibt": "\u0f20",
}  # fmt: skip
"""The zero of each numbering system that is some locale's own (CLDR, numberingSystems.xml); the nine follow it."""


@dataclass(frozen=True)
class NumberStyle:
    """How a number is written.

    Attributes:
        body: Babel's pattern of the digits, without what stands before and after them.
        before: What stands before the digits of a number that is not negative, and of one that is.
        after: What stands after them.
        scale: How many places the point moves: 2 for per cent.
        locale: The locale.
        system: Its numbering system.
    """

    body: NumberPattern
    before: tuple[str, str]
    after: tuple[str, str]
    scale: int
    locale: Locale
    system: str

    @property
    def point(self) -> str:
        """The decimal separator."""
        return symbol(self.locale, "decimal")

    @property
    def comma(self) -> str:
        """The separator of groups."""
        return symbol(self.locale, "group")

    def write(self, value: Number) -> str:
        """Return the number as text, rounded half to even on the digits that it shows in Python."""
        number = Decimal(str(value))
        negative = number < 0
        with localcontext(prec=PRECISION):
            try:
                digits = self.body.apply(abs(number).scaleb(self.scale), self.locale, numbering_system=self.system)
            except ArithmeticError as error:
                raise ValueError(f"the pattern asks for more than {PRECISION:,} digits") from error
        return f"{self.before[negative]}{native(digits, self.locale)}{self.after[negative]}"


@functools.lru_cache(maxsize=1024)
def number_style(pattern: str, locale: Locale) -> NumberStyle:
    """Return how a locale writes numbers by a pattern.

    `,` groups as the locale does (`12,34,567` in Hindi), a sign that is not quoted is the locale's sign.

    Raises:
        ValueError: It is no number pattern.
    """
    literals: list[str] = []
    hidden = QUOTED.sub(lambda quoted: _hidden(quoted[0], literals), pattern)
    parsed = parse_pattern(hidden)
    if not parsed.number_pattern or not re.search("[0@#]", parsed.number_pattern):
        raise ValueError(f"{pattern!r} has no place for the digits of a number, as '#,##0.00' has, "
                         "and no name, as 'currency EUR' is")  # fmt: skip
    if 0 in parsed.grouping:
        raise ValueError(f"{pattern!r} has a group without digits")
    if parsed.grouping == (3, 3) and "E" not in parsed.number_pattern:
        parsed.grouping = _usual(locale).grouping
    before, after = ((_affix(positive, literals, locale), _affix(negative, literals, locale))
                     for positive, negative in (parsed.prefix, parsed.suffix))  # fmt: skip
    scale = parsed.scale
    parsed.prefix = parsed.suffix = ("", "")
    parsed.scale = 0
    return NumberStyle(parsed, before, after, scale, locale, _system(locale))


def natural_pattern(value: Number) -> str:
    """Return the pattern of a number that has none: thousands grouped, two decimals unless it is whole."""
    return "#,##0" if value == int(value) else "#,##0.00"


def symbol(locale: Locale, name: str) -> str:
    """Return a symbol of CLDR (`decimal`, `group`, `minusSign`, `percentSign`) in the locale's numbering system."""
    found: Any = locale.number_symbols.get(_system(locale), {}).get(name)
    return str(found or locale.number_symbols["latn"][name])


def native(text: str, locale: Locale) -> str:
    """Return `text` with the digits of the locale's own numbering system."""
    digits = _digits(_system(locale))
    return text.translate(digits) if digits else text


@functools.cache
def _digits(system: str) -> dict[int, int]:
    zero = _ZEROS.get(system)
    return {ord("0") + digit: ord(zero) + digit for digit in range(10)} if zero else {}


def _system(locale: Locale) -> str:
    """Return its default system, where we know its digits and CLDR its symbols; else Latin digits."""
    system = str(locale.default_numbering_system)
    return system if system in _ZEROS and "decimal" in locale.number_symbols.get(system, {}) else "latn"


@functools.cache
def _usual(locale: Locale) -> NumberPattern:
    return parse_pattern(locale.decimal_formats[None])


QUOTED = re.compile(r"('(?:[^']|'')*')")
"""A literal in a pattern, with its quotes."""

_FIRST = 0xE000
"""First character of the private use area: each stands for one literal while Babel takes a pattern apart."""


def _hidden(quoted: str, literals: list[str]) -> str:
    literals.append(quoted[1:-1].replace("''", "'") or "'")
    return chr(_FIRST + len(literals) - 1)


def _affix(text: str, literals: list[str], locale: Locale) -> str:
    signs = {"-": "minusSign", "+": "plusSign", "%": "percentSign", "‰": "perMille"}
    letters = (symbol(locale, signs[letter]) if letter in signs else letter for letter in text)
    shown = {chr(_FIRST + index): literal for index, literal in enumerate(literals)}
    return "".join(shown.get(letter, letter) for letter in "".join(letters))


def write_number(value: Number, form: str | None, locale: Locale) -> str:
    """Return a finite number as text.

    Raises:
        ValueError: The format does not fit a number.
    """
    return number_writer(form or natural_pattern(value), locale)(value)


@functools.lru_cache(maxsize=1024)
def number_writer(form: str, locale: Locale) -> Callable[[Number], str]:
    """Return what writes numbers by a pattern or a named format."""
    from scheduled_reports.language.named import compact, number_pattern, unit

    return compact(form, locale) or unit(form, locale) or number_style(number_pattern(form, locale), locale).write
