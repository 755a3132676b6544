"""How many lines of each table a mail has room for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.mail_body.budget import line_limits

SIZES = st.dictionaries(st.integers(0, 9), st.lists(st.integers(1, 5_000), min_size=1, max_size=60), max_size=6)


def taken(sizes: dict[int, list[int]], fixed: dict[int, int], limits: dict[int, int]) -> int:
    return sum(fixed[name] + sum(sizes[name][:count]) for name, count in limits.items() if count)


@given(SIZES, st.integers(0, 2_000), st.integers(0, 100_000))
def test_what_is_shown_always_fits(sizes: dict[int, list[int]], frame: int, room: int) -> None:
    fixed = dict.fromkeys(sizes, frame)
    limits = line_limits(sizes, fixed, room)
    assert taken(sizes, fixed, limits) <= room
    assert all(0 <= count <= len(sizes[name]) for name, count in limits.items())


@given(SIZES, st.integers(0, 2_000))
def test_where_there_is_room_for_all_all_is_shown(sizes: dict[int, list[int]], frame: int) -> None:
    fixed = dict.fromkeys(sizes, frame)
    room = sum(frame + sum(lines) for lines in sizes.values())
    assert line_limits(sizes, fixed, room) == {name: len(lines) for name, lines in sizes.items()}


def test_small_tables_are_whole_and_large_ones_share_the_rest() -> None:
    sizes = {"small": [10] * 5, "large": [10] * 1_000, "other": [20] * 1_000}
    limits = line_limits(sizes, dict.fromkeys(sizes, 50), 2_100)
    assert limits == {"small": 5, "large": 95, "other": 47}


def test_a_table_of_which_no_line_fits_has_none() -> None:
    assert line_limits({"wide": [5_000]}, {"wide": 900}, 5_800) == {"wide": 0}
