"""Short forms become Vega-Lite that can be read."""

from __future__ import annotations

import datetime as dt
import random
import re
from html import unescape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sample_document import document
from scheduled_reports.charts.drawing import svg
from scheduled_reports.charts.look import Look
from scheduled_reports.document import Chart, ChartBlock
from scheduled_reports.language import ENGLISH, Language, language_of

DAYS = [dt.date(2026, 10, 1) + dt.timedelta(days=number) for number in range(31)]
NAUGHTY = 'O\'Brien "the" <b>[x]</b> \\ & 100 %'


def chart(folder: Path, columns: dict[str, Any], language: Language = ENGLISH, **keys: Any) -> Chart:
    pq.write_table(pa.table(columns), folder / "t.parquet")
    block = ChartBlock.model_validate({"type": "chart", "dataset": "t", **keys})
    bound = document(folder, block, language=language).blocks[0]
    assert isinstance(bound, Chart)
    return bound


def texts(folder: Path, columns: dict[str, Any], language: Language = ENGLISH, **keys: Any) -> list[str]:
    """Return what stands in the picture."""
    drawn = svg(chart(folder, columns, language, **keys), 660, Look(language=language))
    return [unescape(found) for found in re.findall(r">([^<>]+)</t(?:ext|span)>", drawn)]


def test_few_bars_carry_their_figures_and_need_no_axis(tmp_path: Path) -> None:
    found = texts(tmp_path, {"x": ["A", "B"], "y": [0.31, 0.5]}, mark="bar", x="x", y="y", y_format="0.0%")
    assert {"31.0%", "50.0%", "A", "B"} <= set(found)
    assert "0.0%" not in found


def test_many_bars_have_an_axis_from_zero_with_round_figures(tmp_path: Path) -> None:
    columns = {"day": DAYS, "y": [1000.0 + number for number in range(31)]}
    found = texts(tmp_path, columns, mark="bar", x="day", y="y", y_format="#,##0.00 €")
    assert {"0 €", "500 €", "1,000 €"} <= set(found)


def test_figures_and_dates_are_written_in_the_language(tmp_path: Path) -> None:
    columns = {"day": DAYS, "y": [1000.0 + number for number in range(31)]}
    found = texts(tmp_path, columns, language_of("de"), mark="line", x="day", y="y", y_format="#,##0 €")
    assert {"1. Okt.", "8. Okt.", "1.010 €"} <= set(found)


def test_large_figures_are_shortened_on_the_axis(tmp_path: Path) -> None:
    columns = {"day": DAYS, "y": [2e6 * number for number in range(31)]}
    assert "20M" in texts(tmp_path, columns, mark="area", x="day", y="y")
    assert "20\N{NO-BREAK SPACE}Mio." in texts(tmp_path, columns, language_of("de"), mark="area", x="day", y="y")


def test_lines_are_named_where_they_end_and_told_apart_by_more_than_colour(tmp_path: Path) -> None:
    columns = {"day": DAYS * 2, "team": ["North"] * 31 + ["South"] * 31, "y": [9] * 31 + [3] * 31}
    bound = chart(tmp_path, columns, mark="line", x="day", y="y", color="team")
    drawn = svg(bound, 660)
    assert drawn.count(">North<") == 1
    assert "stroke-dasharray" in drawn


def test_lines_that_end_together_have_a_legend(tmp_path: Path) -> None:
    columns = {"day": DAYS * 2, "team": ["North"] * 31 + ["South"] * 31, "y": [*range(31), *range(31)]}
    names = texts(tmp_path, columns, mark="line", x="day", y="y", color="team", color_title="Team")
    assert {"North", "South", "Team"} <= set(names)


def test_a_gap_in_a_line_is_a_gap_and_a_point_between_gaps_is_seen(tmp_path: Path) -> None:
    whole = {"day": DAYS, "y": [5.0] * 31}
    broken = {"day": DAYS, "y": [5.0] * 10 + [None, 5.0, None] + [5.0] * 18}
    lines = [svg(chart(tmp_path, columns, mark="line", x="day", y="y"), 660) for columns in (whole, broken)]
    strokes = [re.findall(r'd="(M[^"]+)"[^>]*stroke-width="2.25"|stroke-width="2.25"[^>]*d="(M[^"]+)"', line)
               for line in lines]  # fmt: skip
    assert ["".join(found[0]).count("M") for found in strokes] == [1, 3]
    assert "A" not in lines[0].replace("stroke", "").split("<text")[0]
    assert len(lines[1]) > len(lines[0])


def test_days_without_a_bar_keep_their_place(tmp_path: Path) -> None:
    columns = {"day": [DAYS[0], DAYS[1], DAYS[9]], "y": [1, 2, 3]}
    domain = chart(tmp_path, columns, mark="bar", x="day", y="y").vega_lite["layer"][0]["encoding"]["x"]["scale"]
    assert len(domain["domain"]) == 10


def test_a_pie_whose_names_would_touch_has_them_in_a_list(tmp_path: Path) -> None:
    names = ["no answer", "refused", "voicemail", "callback", "busy", "wrong number", "Others (2)"]
    figures = [7309, 6208, 3870, 2204, 1689, 1108, 1193]
    keys: dict[str, Any] = {"mark": "pie", "x": "x", "y": "y", "height": 190}

    crowded = texts(tmp_path, {"x": names, "y": figures}, **keys)
    roomy = texts(tmp_path, {"x": names[:3], "y": figures[:3]}, **keys)

    assert any("1,193 (5.1%)" in text for text in crowded)
    assert "7,309 · 42%" in roomy


def test_a_pie_says_each_part_in_per_cent(tmp_path: Path) -> None:
    found = texts(tmp_path, {"x": ["A", "B"], "y": [3, 1]}, language_of("de"), mark="pie", x="x", y="y")
    assert any(text.startswith("3 · 75") for text in found)
    tiny = texts(tmp_path, {"x": ["A", "B"], "y": [999, 1]}, mark="pie", x="x", y="y")
    assert any("B" in text and "0.1%" in text for text in tiny)


def test_long_names_of_slices_and_of_lying_bars_are_never_cut(tmp_path: Path) -> None:
    columns = {"x": ["Retention & Recovery of Former Business Customers, Northern Region 2026", "B"], "y": [3, 1]}
    for mark in ("pie", "bar"):
        assert "…" not in " ".join(texts(tmp_path, columns, mark=mark, x="x", y="y"))


def test_figures_in_dark_cells_of_a_heatmap_are_light(tmp_path: Path) -> None:
    columns = {"x": [1, 2], "y": ["a", "a"], "v": [0, 100]}
    drawn = svg(chart(tmp_path, columns, mark="heatmap", x="x", y="y", color="v"), 400)
    assert re.search(r'fill="#ffffff"[^>]*>100<', drawn)
    assert re.search(r'fill="#14212b"[^>]*>0<', drawn)


@pytest.mark.parametrize("mark", ["bar", "line", "area", "pie"])
def test_whatever_stands_in_the_data_is_shown_as_it_is(tmp_path: Path, mark: str) -> None:
    columns = {"x": [NAUGHTY, "=1+1"], "y": [3, 1]}
    shown = "".join(texts(tmp_path, columns, mark=mark, x="x", y="y")).replace(" ", "")
    assert NAUGHTY.replace(" ", "") in shown
    assert "=1+1" in shown


@pytest.mark.parametrize("mark", ["bar", "line", "area"])
@pytest.mark.parametrize(
    "columns",
    [
        {"x": ["one"], "y": [5]},
        {"x": ["zero"], "y": [0]},
        {"x": ["a", "b"], "y": [-3, -9]},
        {"x": ["a", "b", "c"], "y": [1e300, -1e300, None]},
        {"x": ["a", "b"], "y": [1e-9, 2e-9]},
        {"x": [dt.date(9999, 12, 31), dt.date(1, 1, 1)], "y": [1, 2]},
        {"x": [dt.date(2026, 1, 1)], "y": [1]},
        {"x": [dt.datetime(2026, 1, 1, 0, minute) for minute in range(0, 60, 7)], "y": list(range(9))},  # noqa: DTZ001
        {"x": [2024, 2025, 2026], "y": [5, 5, 5]},
        {"x": [0.1, 0.7], "y": [5, 5]},
        {"x": [f"n{number}" for number in range(400)], "y": list(range(400))},
        {"x": [dt.date(2024, 1, 1) + dt.timedelta(days=number) for number in range(730)], "y": list(range(730))},
    ],
    ids=["one", "zero", "negative", "huge", "tiny", "far dates", "one day", "minutes", "years", "fractions", "many",
         "two years"],
)  # fmt: skip
def test_whatever_the_figures_are_a_picture_comes_of_them(tmp_path: Path, mark: str, columns: dict[str, Any]) -> None:
    bound = chart(tmp_path, columns, mark=mark, x="x", y="y")
    for width in (200, 660):
        assert svg(bound, width).startswith("<svg")


def test_a_chart_of_nothing_but_nulls_says_that_there_is_no_data(tmp_path: Path) -> None:
    bound = chart(tmp_path, {"x": ["a"], "y": pa.array([None], pa.int64())}, mark="bar", x="x", y="y")
    assert bound.points == 0
    assert "No data in this period" in svg(bound, 660)
    assert "No data in this period" in bound.alt


def test_a_scatter_chart_of_twenty_thousand_points_is_drawn(tmp_path: Path) -> None:
    chance = random.Random(6)
    columns = {"x": [chance.gauss(0, 1) for _ in range(20_000)], "y": [chance.random() for _ in range(20_000)]}
    assert chart(tmp_path, columns, mark="scatter", x="x", y="y").points == 20_000


def test_time_is_drawn_alike_wherever_it_is_drawn_and_in_every_century(tmp_path: Path) -> None:
    columns = {"x": [dt.date(1, 1, 1), dt.date(9999, 12, 31)], "y": [1, 2]}
    assert {"2000", "8000"} <= set(texts(tmp_path, columns, mark="line", x="x", y="y"))
    clocks_skip = {"x": [dt.datetime(2026, 3, 8, hour) for hour in range(5)], "y": list(range(5))}  # noqa: DTZ001
    assert "02:00" in texts(tmp_path, clocks_skip, mark="line", x="x", y="y")
    encoding = chart(tmp_path, clocks_skip, mark="line", x="x", y="y").vega_lite["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["type"] == "utc"


@pytest.mark.parametrize("keys", [{"mark": "bar"}, {"mark": "pie"}, {"mark": "line"}, {"mark": "area"}])
def test_a_word_of_five_thousand_letters_ends_in_an_ellipsis_and_leaves_room_for_the_chart(
    tmp_path: Path, keys: dict[str, Any]
) -> None:
    bound = chart(tmp_path, {"x": ["W" * 5_000, "B"], "y": [3, 1]}, x="x", y="y", **keys)
    drawn = svg(bound, 660)
    found = re.search(r'width="(\d+)" height="(\d+)"', drawn)
    assert found
    assert int(found[1]) <= 700
    assert int(found[2]) <= 500
    assert "…" in drawn
