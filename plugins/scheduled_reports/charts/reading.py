"""Read a short form's data: categories in their order, a figure of each series for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scheduled_reports.charts.columns import Columns
from scheduled_reports.charts.fields import ShortFields
from scheduled_reports.charts.form import Axis, Category, Series, ShortForm
from scheduled_reports.charts.names import category_texts, in_words
from scheduled_reports.document.cells import clean
from scheduled_reports.errors import DocumentError

MOST_COLORS = 24
"""More series than this no reader tells apart, whatever their colours."""

LONG_NAMES, MANY_NAMES, MOST_LYING = 90.0, 24, 60
"""Bars lie where a name is wider than this, in CSS pixels, or there are more than so many, up to the last number."""


def short_form(fields: ShortFields, columns: Columns, filled: Callable[[str], str]) -> ShortForm:
    """Return a short form with its data.

    Args:
        fields: What the spec says; its columns are there.
        columns: The data.
        filled: Fills the templates of titles.

    Raises:
        DocumentError: The data does not fit: figures that are no numbers, two for one place, a negative slice.
    """
    axes = _axes(fields, columns, filled)
    if fields.mark == "scatter":
        return _form(fields, axes, (), (), _points(fields, columns))
    places, names, values = _long(fields, columns)
    _require_one_each(fields, places, names, columns.what)
    categories = _ordered(places, columns.kind(fields.x or ""))
    grid = {(place, name): value for place, name, value in zip(places, names, values, strict=True)}
    series = tuple(
        Series(_name(name, columns), tuple(grid.get((place, name)) for place in categories))
        for name in _ordered(names, "text" if len(fields.y) > 1 else _color_kind(fields, columns))
    )  # fmt: skip
    if fields.mark == "pie":
        categories, series = _slices(fields, categories, series[:1], columns)
    elif fields.sort in {"ascending", "descending"}:
        categories, series = _by_figures(categories, series, descending=fields.sort == "descending")
    elif fields.sort == "x":
        categories, series = _picked(categories, series, sorted(range(len(categories)), key=categories.__getitem__))
    return _form(fields, axes, categories, category_texts(categories, axes["x_axis"], columns), series)


def _form(
    fields: ShortFields, axes: dict[str, Axis], categories: Sequence[Category], texts: Sequence[str],
    series: tuple[Series, ...],
) -> ShortForm:  # fmt: skip
    if len(series) > MOST_COLORS and fields.mark != "heatmap":
        raise DocumentError(f"a {fields.mark} chart of {fields.x!r} has too many series",
                            why=f"{len(series):,} values of {fields.color!r}, at most {MOST_COLORS} can be told apart",
                            fix="group the smaller ones in a dataset")  # fmt: skip
    stacked = fields.stacked if fields.stacked is not None else fields.mark == "area"
    lying = fields.mark == "bar" and axes["x_axis"].kind == "text" and len(categories) <= MOST_LYING
    long = lying and (len(categories) > MANY_NAMES or any(map(_is_long, texts)))
    return ShortForm(
        mark=fields.mark or "bar", x=fields.x or "", y=fields.y, color=fields.color, size=fields.size, **axes,
        categories=tuple(categories), texts=tuple(texts), series=series,
        stacked=stacked and len(series) > 1, horizontal=long if fields.horizontal is None else fields.horizontal,
        labels=fields.labels,
    )  # fmt: skip


def _is_long(text: str) -> bool:
    from scheduled_reports.charts.scale import room

    return room(text) > LONG_NAMES


def _axes(fields: ShortFields, columns: Columns, filled: Callable[[str], str]) -> dict[str, Axis]:
    """Return what x, the figures, the colours and the sizes mean."""

    def axis(name: str | None, title: str | None, pattern: str | None, usual: str) -> Axis:
        said = usual if title is None else filled(title)
        return Axis(clean(said), columns.kind(name) if name else "text", pattern)

    x, y = fields.x or "", fields.y
    return {
        "x_axis": axis(x, fields.x_title, fields.x_format, "" if columns.kind(x) == "time" else in_words(x)),
        "y_axis": axis(y[0], fields.y_title, fields.y_format, in_words(y[0]) if len(y) == 1 else ""),
        "color_axis": axis(fields.color, fields.color_title, fields.color_format,
                           in_words(fields.color or "") if fields.mark == "heatmap" else ""),
        "size_axis": axis(fields.size, fields.size_title, None, in_words(fields.size or "")),
    }  # fmt: skip


def _long(fields: ShortFields, columns: Columns) -> tuple[list[Category], list[Category], list[float | None]]:
    """Return the place, the series and the figure of each value; several columns follow each other."""
    places = columns.categories(fields.x or "")
    if fields.mark == "heatmap":
        return places, columns.categories(fields.y[0]), columns.numbers(fields.color or "")
    if len(fields.y) > 1:
        names: list[Category] = [in_words(name) for name in fields.y for _ in places]
        return places * len(fields.y), names, [value for name in fields.y for value in columns.numbers(name)]
    names = columns.categories(fields.color) if fields.color else [in_words(fields.y[0])] * len(places)
    return places, names, columns.numbers(fields.y[0])


def _require_one_each(fields: ShortFields, places: list[Category], names: list[Category], what: str) -> None:
    """Raise where two figures have one place: one would hide the other."""
    (place, name), count = max(Counter(zip(places, names, strict=True)).items(), key=lambda found: found[1],
                               default=((None, None), 0))  # fmt: skip
    if count < 2:
        return
    of = f" of {name!r}" if fields.color and len(fields.y) == 1 else ""
    hint = "" if fields.color or fields.mark == "pie" else ", or name the column that tells them apart as 'color'"
    raise DocumentError(f"{what}: {count:,} rows{of} have the same {fields.x!r}: {str(place)!r}",
                        why="their figures would hide each other",
                        fix=f"aggregate them in a dataset{hint}")  # fmt: skip


def _ordered(values: Iterable[Category], kind: str) -> list[Category]:
    """Return values once each: dates and numbers sorted, texts as they come."""
    found: list[Any] = list(dict.fromkeys(values))
    return found if kind == "text" else sorted(found)


def _color_kind(fields: ShortFields, columns: Columns) -> str:
    name = fields.y[0] if fields.mark == "heatmap" else fields.color
    return columns.kind(name) if name else "text"


def _name(value: Category, columns: Columns) -> str:
    """Return a series' name; a number in it stands without separators, as a year does."""
    if isinstance(value, str):
        return value
    return category_texts([value], Axis("", "number" if isinstance(value, int | float) else "time"), columns)[0]


def _picked(
    categories: list[Category], series: tuple[Series, ...], order: Iterable[int]
) -> tuple[list[Category], tuple[Series, ...]]:
    chosen = list(order)
    parts = tuple(Series(part.name, tuple(part.values[at] for at in chosen)) for part in series)
    return [categories[at] for at in chosen], parts


def _by_figures(
    categories: list[Category], series: tuple[Series, ...], *, descending: bool
) -> tuple[list[Category], tuple[Series, ...]]:
    """Sort by the sum of all series, places without a figure last."""
    sums = [[part.values[at] for part in series] for at in range(len(categories))]
    totals = [sum(value for value in values if value is not None) for values in sums]
    empty = [all(value is None for value in values) for values in sums]
    sign = -1 if descending else 1
    return _picked(categories, series, sorted(range(len(totals)), key=lambda at: (empty[at], sign * totals[at])))


def _slices(
    fields: ShortFields, categories: list[Category], series: tuple[Series, ...], columns: Columns
) -> tuple[list[Category], tuple[Series, ...]]:
    """Return a pie's slices, largest first unless its author wants another order; the smaller ones of many as one."""
    figures = [(name, value) for part in series for name, value in zip(categories, part.values, strict=True) if value]
    if negative := [name for name, value in figures if value < 0]:
        raise DocumentError(f"{columns.what}: a slice of a pie cannot be negative", why=f"{negative[0]!r} is",
                            fix="draw bars, or leave such rows out in the dataset")  # fmt: skip
    by_size = sorted(figures, key=lambda entry: -entry[1])
    kept = by_size if len(by_size) <= fields.slices else by_size[: fields.slices - 1]
    rest = by_size[len(kept) :]
    if fields.sort == "ascending":
        kept = kept[::-1]
    elif fields.sort == "x":
        kept = sorted(kept, key=lambda entry: categories.index(entry[0]))
    others = columns.language.text("Others ({count})", count=columns.language.shown(len(rest)))
    slices = [*kept, (others, sum(value for _, value in rest))] if rest else kept
    name = series[0].name if series else ""
    return [name for name, _ in slices], (Series(name, tuple(value for _, value in slices)),)


def _points(fields: ShortFields, columns: Columns) -> tuple[Series, ...]:
    """Return the points of each series; one that lacks x, y or its size has no place."""
    xs, ys = columns.places(fields.x or ""), columns.numbers(fields.y[0])
    sizes: Sequence[Any] = columns.numbers(fields.size) if fields.size else [None] * len(ys)
    names = columns.categories(fields.color) if fields.color else [""] * len(ys)
    found: dict[Category, list[Any]] = {name: [] for name in _ordered(names, _color_kind(fields, columns))}
    for name, x, y, size in zip(names, xs, ys, sizes, strict=True):
        if x is not None and y is not None and not (fields.size and size is None):
            found[name].append((x, y, size))
    return tuple(Series(_name(name, columns), (), tuple(points)) for name, points in found.items())
