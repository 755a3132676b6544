"""Conversion of units, exact: a factor and an offset as fractions."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

LARGEST = 10**9
"""Largest denominator of an approximated fraction, right to 1 in 10^18: of one that holds pi, degrees to radians."""


def conversion(given: str, wanted: str) -> tuple[Fraction, Fraction]:
    """Return (factor, offset) such that a value in `given`, times factor, plus offset, is one in `wanted`.

    The units are those of Pint (https://pint.readthedocs.io), whose factors are those of the SI brochure and NIST.

    Raises:
        ValueError: There is no such unit, or one cannot become the other.
    """
    for unit in (given, wanted):
        require_unit(unit)
    try:
        zero, one, two = (_registry().Quantity(Fraction(number), given).to(wanted).magnitude for number in range(3))
    except Exception as error:  # Pint's errors have no common base
        why = "they do not measure the same"  # its own words may fail: it cannot format a Fraction as an exponent
        raise ValueError(f"{given} cannot become {wanted}: {why}") from error
    if two - one != one - zero:
        raise ValueError(f"{given} cannot become {wanted} by a factor and an offset")
    return _short(one - zero), _short(zero)


@cache
def require_unit(unit: str) -> None:
    """Raise where a unit is none.

    Raises:
        ValueError: There is no such unit.
    """
    try:
        _registry().parse_units(unit)
    except Exception as error:
        raise ValueError(f"there is no unit {unit!r}; write it as in kg, g, km/h, L, kWh, degC") from error


@cache
def _registry() -> Any:
    """Return Pint's units; making them takes 0.2 s, importing Pint 0.3 s."""
    import pint

    return pint.UnitRegistry(non_int_type=Fraction)


def _short(number: Fraction) -> Fraction:
    exact = Fraction(number)
    return exact if max(exact.denominator, abs(exact.numerator)) <= LARGEST**2 else exact.limit_denominator(LARGEST)
