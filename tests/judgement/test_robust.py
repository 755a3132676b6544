"""What is usual, told from earlier values of which some may be wild."""

import math
import random
from statistics import median

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduled_reports.judgement.robust import UsualRange, usual_range

NUMBERS = st.integers(-(10**6), 10**6).map(float)
HISTORY = st.lists(NUMBERS, min_size=1, max_size=40)


def test_the_range_is_as_wide_as_the_formula_says() -> None:
    found = usual_range([2950, 3000, 3050, 3100, 3214], 3)

    deviation = 50 * 1.4826 * (1 + 5 / 5)
    assert found == UsualRange(3050 - 3 * deviation, 3050 + 3 * deviation, 3050)


def test_where_more_than_half_are_equal_the_mean_deviation_stands_for_the_median_one() -> None:
    found = usual_range([100, 100, 100, 100, 100, 100, 100, 120], 3)

    assert found.high - 100 == pytest.approx(3 * math.sqrt(math.pi / 2) * 20 / 8)


@pytest.mark.parametrize("room", [0.0, 1.0, 150.0])
def test_of_a_constant_history_only_the_room_is_usual(room: float) -> None:
    assert usual_range([3000.0] * 12, 3, room) == UsualRange(3000 - room, 3000 + room, 3000)


def test_the_bounds_themselves_are_usual() -> None:
    found = UsualRange(1, 3, 2)

    assert 1 in found
    assert 3 in found
    assert math.nextafter(1, 0) not in found
    assert math.nextafter(3, 4) not in found


@given(HISTORY, st.integers(-1000, 1000), st.integers(0, 100))
def test_a_shifted_history_has_a_shifted_range(values: list[float], shift: int, room: int) -> None:
    plain, shifted = usual_range(values, 3, room), usual_range([value + shift for value in values], 3, room)

    assert shifted.low == pytest.approx(plain.low + shift)
    assert shifted.high == pytest.approx(plain.high + shift)


@given(HISTORY, st.integers(1, 1000))
def test_a_scaled_history_has_a_scaled_range(values: list[float], factor: int) -> None:
    plain, scaled = usual_range(values, 3, 7), usual_range([value * factor for value in values], 3, 7 * factor)

    assert scaled.low == pytest.approx(plain.low * factor)
    assert scaled.high == pytest.approx(plain.high * factor)


@given(HISTORY)
def test_a_mirrored_history_has_a_mirrored_range(values: list[float]) -> None:
    plain, mirrored = usual_range(values, 3), usual_range([-value for value in values], 3)

    assert (mirrored.low, mirrored.high) == (-plain.high, -plain.low)


@given(HISTORY, st.randoms(use_true_random=False))
def test_the_order_of_the_history_does_not_matter(values: list[float], order: random.Random) -> None:
    shuffled = order.sample(values, len(values))

    assert usual_range(shuffled, 3) == usual_range(values, 3)


@given(HISTORY, NUMBERS, st.floats(0, 1e6))
def test_what_is_farther_out_than_a_failure_fails_too(values: list[float], value: float, farther: float) -> None:
    found = usual_range(values, 3)
    assume(value not in found)

    assert (value + farther if value > found.middle else value - farther) not in found


@given(HISTORY, NUMBERS, st.floats(0.1, 10), st.floats(1, 10))
def test_with_more_deviations_nothing_more_fails(
    values: list[float], value: float, deviations: float, factor: float
) -> None:
    assume(value in usual_range(values, deviations))

    assert value in usual_range(values, deviations * factor)


@given(HISTORY, st.floats(0, 1000))
def test_the_median_and_what_has_room_about_it_are_usual(values: list[float], room: float) -> None:
    found = usual_range(values, 3, room)

    assert found.middle in found
    assert found.middle + room in found
    assert found.middle - room in found


@given(st.lists(NUMBERS, min_size=5, max_size=20), st.data())
def test_fewer_than_half_of_the_values_cannot_make_themselves_usual(good: list[float], data: st.DataObject) -> None:
    spread = max(good) - min(good)
    wild = [max(good) + 10 * spread + 1 + number for number in range(data.draw(st.integers(1, len(good) - 1)))]
    history = [*good, *wild]
    assume(sum(value == median(history) for value in history) * 2 < len(history))  # else see the next test

    found = usual_range(history, 3)

    assert wild[0] not in found
    assert min(good) <= found.middle <= max(good)


@given(NUMBERS, st.integers(5, 60), st.integers(1, 10**6), st.data())
def test_in_an_else_constant_history_a_quarter_cannot_make_themselves_usual(
    same: float, size: int, wild: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, size // 4))

    assert same + wild not in usual_range([same] * (size - count) + [same + wild] * count, 3)


def test_in_an_else_constant_history_what_was_seen_in_a_third_of_the_runs_is_usual() -> None:
    assert 50 in usual_range([0.0] * 8 + [50.0] * 4, 3)


@given(HISTORY, st.lists(NUMBERS, max_size=5))
def test_room_for_more_values_makes_the_range_no_narrower_and_holds_them(
    values: list[float], more: list[float]
) -> None:
    plain = usual_range(values, 3, 1)

    wide = plain.with_room_for(more)

    assert wide.low <= plain.low
    assert wide.high >= plain.high
    assert all(value in wide and value + 0.5 in wide for value in more)
    assert plain.with_room_for([]) == plain


@pytest.mark.parametrize(("count", "most"), [(5, 0.06), (8, 0.025), (12, 0.016), (30, 0.009)])
def test_of_normal_values_few_are_called_unusual_however_short_the_history(count: int, most: float) -> None:
    draw = random.Random(20261001)
    samples = [[draw.gauss(1000, 50) for _ in range(count + 1)] for _ in range(10_000)]

    assert sum(value not in usual_range(history, 3) for *history, value in samples) / 10_000 < most
