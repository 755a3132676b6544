"""Key figures and what became of them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sample_document import document, write
from scheduled_reports.document import Kpi, Kpis, KpisBlock
from scheduled_reports.document.comparison import compared
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import Language


def figure(folder: Path, value: Any, previous: Any = None, **item: Any) -> Kpi:
    """Return the figure over a table of one row."""
    write(folder, "totals", {"now": [value], "before": [previous]})
    return bound(folder, {"label": "Calls", "value": "now", "previous": "before", **item}).items[0]


def bound(folder: Path, *items: dict[str, Any]) -> Kpis:
    block = KpisBlock.model_validate({"type": "kpis", "dataset": "totals", "items": items})
    found = document(folder, block).blocks[0]
    assert isinstance(found, Kpis)
    return found


@pytest.mark.parametrize(
    ("value", "previous", "item", "text", "change", "verdict"),
    [
        (110, 100, {}, "110", "+10.0%", "good"),
        (90, 100, {}, "90", "−10.0%", "bad"),
        (90, 100, {"better": "lower"}, "90", "−10.0%", "good"),
        (110, 100, {"better": "lower"}, "110", "+10.0%", "bad"),
        (110, 100, {"better": "neither"}, "110", "+10.0%", "neutral"),
        (100, 100, {}, "100", "unchanged", "neutral"),
        (100.01, 100, {}, "100.01", "unchanged", "neutral"),
        (5, 0, {}, "5", "new", "neutral"),
        (0, 0, {}, "0", "unchanged", "neutral"),
        (0, 5, {}, "0", "−100.0%", "bad"),
        (-50, -100, {}, "-50", "+50.0%", "good"),
        (50, -100, {}, "50", "+150.0%", "good"),
        (0.193, 0.206, {"format": "0.0%"}, "19.3%", "−1.3 pts", "bad"),
        (0.1, 0, {"format": "0%"}, "10%", "+10.0 pts", "good"),
        (19.3, 20.6, {"format": "0.0'%'"}, "19.3%", "−1.3 pts", "bad"),
        (Decimal("1234.50"), Decimal("1000"), {"format": "#,##0.00 €"}, "1,234.50 €", "+23.4%", "good"),
        (12345, 1, {}, "12,345", "+1,234,400.0%", "good"),
    ],
)
def test_a_figure_is_compared_with_the_previous_one(
    tmp_path: Path, value: Any, previous: Any, item: dict[str, str], text: str, change: str, verdict: str
) -> None:
    kpi = figure(tmp_path, value, previous, **item)

    (other,) = kpi.comparisons
    assert (kpi.text, other.change, other.verdict) == (text, change, verdict)


@pytest.mark.parametrize(
    ("language", "change"), [("en", "+11.1%"), ("de", "+11,1\N{NO-BREAK SPACE}%"), ("tr", "+%11,1")]
)
def test_a_change_is_written_as_its_language_writes_percent(language: str, change: str) -> None:
    other = compared("previous", 100, 90, "#,##0", "higher", "90", Language(language, language))

    assert (other.change, other.arrow) == (change, "▲")


@pytest.mark.parametrize("missing", [None, float("nan"), float("inf")])
def test_what_is_missing_is_a_dash_and_compared_with_nothing(tmp_path: Path, missing: float | None) -> None:
    gone = figure(tmp_path, missing, 5.0)
    first = figure(tmp_path, 5.0, missing)

    assert (gone.value, gone.text) == (None, "–")
    assert [(other.text, other.change, other.words, other.verdict) for other in gone.comparisons] == [
        ("5", "", "was 5", "neutral")
    ]
    assert (first.text, first.comparisons) == ("5", ())


def test_the_previous_figure_is_written_like_the_figure(tmp_path: Path) -> None:
    kpi = figure(tmp_path, 0.5, 0.25, format="0.0%")

    assert (kpi.format, kpi.comparisons[0].figure, kpi.comparisons[0].text) == ("0.0%", 0.25, "25.0%")
    assert figure(tmp_path, 2.5, 2.0).comparisons[0].text == "2.00"


def test_figures_stand_in_the_order_of_the_spec(tmp_path: Path) -> None:
    write(tmp_path, "totals", {"a": [1], "b": [2]})

    found = bound(tmp_path, {"label": "Two", "value": "b"}, {"label": "One", "value": "a"})

    assert [(kpi.label, kpi.value, kpi.comparisons) for kpi in found.items] == [("Two", 2.0, ()), ("One", 1.0, ())]


def test_a_figure_may_be_compared_with_the_year_before_and_a_target_too(tmp_path: Path) -> None:
    kpi = figure(tmp_path, 7753, 7411, year="now", target=8000, unit="calls")

    assert kpi.text == "7,753\N{NO-BREAK SPACE}calls"
    assert [(other.against, other.arrow, other.change, other.verdict, other.words) for other in kpi.comparisons] == [
        ("previous", "▲", "+4.6%", "good", "better than 7,411\N{NO-BREAK SPACE}calls"),
        ("year", "", "unchanged", "neutral", "7,753\N{NO-BREAK SPACE}calls a year before"),
        ("target", "▼", "−3.1%", "bad", "target 8,000\N{NO-BREAK SPACE}calls missed"),
    ]


@pytest.mark.parametrize(
    ("value", "better", "verdict", "words"),
    [(100, "higher", "good", "target 100 met"), (101, "lower", "bad", "target 100 missed"),
     (99, "lower", "good", "target 100 met"), (5, "neither", "neutral", "target 100")],
)  # fmt: skip
def test_a_target_is_met_or_missed(tmp_path: Path, value: int, better: str, verdict: str, words: str) -> None:
    target = figure(tmp_path, value, None, target=100, better=better).comparisons[-1]

    assert (target.verdict, target.words) == (verdict, words)


def test_a_sparkline_has_the_points_of_its_dataset_in_their_order(tmp_path: Path) -> None:
    write(tmp_path, "days", {"calls": [3.0, None, float("nan"), 5.0]})

    kpi = figure(tmp_path, 5, sparkline={"dataset": "days", "value": "calls"})

    assert kpi.trend == (3.0, None, None, 5.0)


@pytest.mark.parametrize(
    ("points", "value", "why"),
    [([1.0] * 367, "calls", "sparkline over 'days': too many points: 367 rows, at most 366"),
     ([1.0], "cals", "sparkline over 'days': there is no column 'cals'"),
     (["many"], "calls", "the key figure in column 'calls' is not a number: it is 'many'")],
)  # fmt: skip
def test_a_sparkline_that_cannot_be_drawn_is_told(tmp_path: Path, points: list[Any], value: str, why: str) -> None:
    write(tmp_path, "days", {"calls": points})

    with pytest.raises(DocumentError, match=why):
        figure(tmp_path, 5, sparkline={"dataset": "days", "value": value})


@pytest.mark.parametrize(("rows", "why"), [([], "it has 0"), ([1, 2], "it has 2"), ([1] * 1200, "it has 1,200")])
def test_a_table_of_no_or_many_rows_is_told_with_how_to_mend_it(tmp_path: Path, rows: list[int], why: str) -> None:
    write(tmp_path, "totals", {"now": rows})

    with pytest.raises(DocumentError, match=f"kpis over 'totals' need exactly one row: {why}"):
        bound(tmp_path, {"label": "Calls", "value": "now"})


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "totals", {"calls": [1], "agents": [2]})

    with pytest.raises(DocumentError) as caught:
        bound(tmp_path, {"label": "Calls", "value": "calls", "previous": "cals"})

    assert "kpis over 'totals': there is no column 'cals': did you mean 'calls'? (allowed: agents, calls)" in str(
        caught.value
    )


def test_text_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="the key figure in column 'now' is not a number: it is 'many'"):
        figure(tmp_path, "many")


def test_a_pattern_that_does_not_fit_is_told_with_the_figure(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"the key figure 'Calls' cannot be shown as 'yyyy-MM-dd'"):
        figure(tmp_path, 5, format="yyyy-MM-dd")


def test_a_pattern_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"'@@\.0' is a format of neither numbers nor dates"):
        figure(tmp_path, 5, format="@@.0")


@pytest.mark.parametrize("items", [[], [{"label": "x", "value": "a"}] * 9, [{"label": "", "value": "a"}]])
def test_a_row_holds_one_to_eight_figures_with_names(items: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        KpisBlock.model_validate({"type": "kpis", "dataset": "totals", "items": items})
