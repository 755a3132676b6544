"""An Arrow column as readers see it: the same texts as one by one, without a call for each value."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from scheduled_reports import arrow_values
from scheduled_reports.language.moment_columns import day_and_time_texts
from scheduled_reports.language.moments import pattern_of, write_moment
from scheduled_reports.language.named import compact, number_pattern, unit
from scheduled_reports.language.number_columns import is_plain, texts
from scheduled_reports.language.numbers import NumberStyle, number_style

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.language.language import Language

MISSING = "–"
_FEW = 2_000
"""Rows up to which one by one is as fast."""


def column_texts(language: Language, column: Any, form: str | None, zone: dt.tzinfo | None) -> list[str]:
    """Return the texts of a column.

    Args:
        language: What writes them.
        column: Any Arrow array, also a chunked or dictionary one.
        form: A pattern or a named format; without one, the kind of each value decides.
        zone: The clock by which instants are told; None leaves them in their own zone.

    Raises:
        ValueError: The format does not fit a value.
    """
    from pyarrow import types

    column = _plain(column)
    if not len(column):
        return []
    if types.is_integer(column.type) or types.is_floating(column.type) or types.is_decimal(column.type):
        return _numbers(language, column, form)
    if types.is_timestamp(column.type):
        return _instants(language, column, form, zone)
    if types.is_string(column.type) or types.is_large_string(column.type):
        return _words(column)
    return _distinct(language, column, form, zone)


def _plain(column: Any) -> pa.Array:
    """Return a column as an array of a type that Arrow computes with and Python has values for."""
    import pyarrow as pa
    from pyarrow import types

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if types.is_float16(kind):
        return column.cast(pa.float64())
    if types.is_decimal(kind) and kind.bit_width < 128:
        return column.cast(pa.decimal128(kind.precision, kind.scale))
    if types.is_time64(kind) and kind.unit == "ns":
        return column.cast(pa.time64("us"), safe=False)
    return column.cast(pa.duration("us"), safe=False) if types.is_duration(kind) and kind.unit == "ns" else column


def _distinct(language: Language, column: pa.Array, form: str | None, zone: dt.tzinfo | None) -> list[str]:
    """Write each value that there is once."""
    from pyarrow import ArrowNotImplementedError

    try:
        coded = column.dictionary_encode()
    except ArrowNotImplementedError:  # nested columns
        return [language.shown(in_zone(value, zone), form) for value in column.to_pylist()]
    found = [language.shown(in_zone(value, zone), form) for value in coded.dictionary.to_pylist()]
    found.append(MISSING)
    missing = arrow_values.number(len(found) - 1, coded.indices.type)
    places = arrow_values.as_numpy(coded.indices.fill_null(missing)).tolist()
    return list(map(found.__getitem__, places))


def _words(column: pa.Array) -> list[str]:
    """Clean those texts that need it: few do, and looking for them in the whole column takes little."""
    import pyarrow.compute as pc

    from scheduled_reports.document.cells import clean

    found: list[str] = column.fill_null(arrow_values.word(MISSING, column.type)).to_pylist()
    plain = pc.match_substring_regex(column, r"^[!-~\p{L}\p{N}]+(?: [!-~\p{L}\p{N}]+)*$")
    places = pc.indices_nonzero(pc.fill_null(pc.invert(plain), arrow_values.zero(plain.type)))
    for place, text in zip(places.to_pylist(), column.take(places).to_pylist(), strict=True):
        found[place] = clean(text)
    return found


def _numbers(language: Language, column: pa.Array, form: str | None) -> list[str]:
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    if form is None and not types.is_integer(column.type):
        return _natural(language, column)
    style = _style(language, form or "#,##0")
    if len(column) < _FEW or style is None or not is_plain(style):
        return _distinct(language, column, form, None)
    found = texts(column, style)
    numbers = column if types.is_integer(column.type) else column.cast(pa.float64(), safe=False)
    absent = arrow_values.as_numpy(column.is_null())
    if not types.is_integer(column.type):
        absent |= ~np.isfinite(arrow_values.as_numpy(numbers))
    for place in np.flatnonzero(absent).tolist():
        found[place] = MISSING
    return found


def _natural(language: Language, column: pa.Array) -> list[str]:
    """Write whole numbers without decimals and others with two."""
    import pyarrow.compute as pc

    whole = pc.equal(column, pc.floor(column))
    whole = pc.fill_null(whole, arrow_values.zero(whole.type))
    of_whole = iter(_numbers(language, column.filter(whole), "#,##0"))
    others = iter(_numbers(language, column.filter(pc.invert(whole)), "#,##0.00"))
    return [next(of_whole) if is_whole else next(others) for is_whole in whole.to_pylist()]


def _style(language: Language, form: str) -> NumberStyle | None:
    locale = language.babel
    if compact(form, locale) or unit(form, locale):
        return None
    return number_style(number_pattern(form, locale), locale)


def _instants(language: Language, column: pa.Array, form: str | None, zone: dt.tzinfo | None) -> list[str]:
    import numpy as np
    import pyarrow as pa

    told = column.type.tz is not None
    column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    found = None
    if len(column) >= _FEW and (zone is not None or not told):
        whole = column.cast(pa.int64()).fill_null(arrow_values.zero(pa.int64()))
        micros = arrow_values.as_numpy(whole)
        pattern = pattern_of(form or None, "datetime", language.babel)
        found = day_and_time_texts(micros, zone if told else None, pattern,
                                   lambda moment, part: write_moment(moment, part, language.babel))  # fmt: skip
    if found is None:
        return _distinct(language, column, form, zone)
    written, held = found
    places = np.flatnonzero(~(held & arrow_values.as_numpy(column.is_valid())))
    singly = _distinct(language, column.take(arrow_values.places(places)), form, zone) if len(places) else []
    for place, text in zip(places.tolist(), singly, strict=True):
        written[place] = text
    return written


def in_zone(value: Any, zone: dt.tzinfo | None) -> Any:
    """Return an instant as wall time of `zone`, as its readers' clocks show it; anything else as it is."""
    if zone is None or not isinstance(value, dt.datetime) or value.tzinfo is None:
        return value
    try:
        return value.astimezone(zone)
    except OverflowError:  # the last hours of the year 9999
        return value
