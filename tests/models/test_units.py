"""Units become each other exactly, or not at all."""

from fractions import Fraction

import pytest

from scheduled_reports.models.units import conversion


@pytest.mark.parametrize(
    ("given", "wanted", "factor", "offset"),
    [
        ("g", "kg", Fraction(1, 1000), 0), ("kg", "g", 1000, 0), ("mile", "km", Fraction("1.609344"), 0),
        ("degC", "degF", Fraction(9, 5), 32), ("degF", "degC", Fraction(5, 9), Fraction(-160, 9)),
        ("degC", "kelvin", 1, Fraction("273.15")), ("MWh", "kWh", 1000, 0), ("km/h", "m/s", Fraction(5, 18), 0),
        ("percent", "dimensionless", Fraction(1, 100), 0), ("L", "m^3", Fraction(1, 1000), 0),
    ],
)  # fmt: skip
def test_a_factor_is_a_fraction(given: str, wanted: str, factor: Fraction, offset: Fraction) -> None:
    assert conversion(given, wanted) == (factor, offset)


def test_an_irrational_factor_is_near_enough() -> None:
    factor, _ = conversion("degree", "radian")

    assert factor.denominator <= 10**9
    assert abs(float(factor) - 3.141592653589793 / 180) < 1e-17


@pytest.mark.parametrize(("given", "wanted"), [("kg", "m"), ("litre", "kg"), ("km/h", "l"), ("dB", "W")])
def test_units_of_different_kinds_are_both_named(given: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=f"^{given} cannot become {wanted}: they do not measure the same$"):
        conversion(given, wanted)


@pytest.mark.parametrize("unit", ["kgg", "2 kg", "(", "kg kg kg/", "'"])
def test_what_is_no_unit_is_told(unit: str) -> None:
    with pytest.raises(ValueError, match="there is no unit"):
        conversion(unit, "kg")
