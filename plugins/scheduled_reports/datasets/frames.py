"""Tables as pandas DataFrames, and DataFrames as tables; types and missing values survive both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from scheduled_reports.tables import Tables


def frame_of(tables: Tables, name: str) -> pd.DataFrame:
    """Return a table as a DataFrame with Arrow's types: decimals, dates, whole numbers with gaps stay what they are."""
    import pandas as pd

    return tables.read(name).to_pandas(types_mapper=pd.ArrowDtype)


def table_of(returned: Any, what: str) -> pa.Table:
    """Return what a function returned as a table.

    A named index becomes the first columns, as `reset_index()` does; an unnamed one of numbers says nothing and goes.

    Args:
        returned: A DataFrame or an Arrow table.
        what: Whose it is, for messages.

    Raises:
        SourceError: It is neither, or a column or the index cannot be stored.
    """
    import pandas as pd
    import pyarrow as pa

    if isinstance(returned, pd.DataFrame):
        frame = _with_index(returned, what)
        _require_names(frame, what)
        columns = {place: _array(frame.iloc[:, [place]], what) for place in range(frame.shape[1])}
        names = list(frame.columns)
    elif isinstance(returned, pa.Table):
        columns, names = dict(enumerate(returned.columns)), returned.column_names
    else:
        why = f"it returned {type(returned).__name__}"
        raise SourceError(f"{what} made no table", why=why, fix="return a pandas DataFrame; of a Series, .to_frame()")
    return pa.table([_storable(columns[place], name, what) for place, name in enumerate(names)], names=names)


def _with_index(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    import pandas as pd

    names = list(frame.index.names)
    if names == [None] and pd.api.types.is_numeric_dtype(frame.index.dtype):
        return frame
    if None in names:
        why, fix = "it would be lost, and holds more than numbers", "rename_axis(), or reset_index(drop=True)"
        raise SourceError(f"{what}: the index has no name", why=why, fix=fix)
    clash = sorted(set(names) & set(frame.columns))
    if clash:
        raise SourceError(f"{what}: the index and a column are called {clash[0]!r}", fix="rename one of them")
    return frame.reset_index()


def _require_names(frame: pd.DataFrame, what: str) -> None:
    for name in frame.columns:
        if not isinstance(name, str) or not name:
            fix = "rename the columns; after a pivot, join the parts of their names"
            raise SourceError(f"{what}: the column {name!r} has no text for a name", fix=fix)


def _array(column: pd.DataFrame, what: str) -> pa.ChunkedArray:
    """Return the values of a DataFrame's only column."""
    import pyarrow as pa

    try:
        return pa.Table.from_pandas(column, preserve_index=False).column(0)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        name, values = column.columns[0], column.iloc[:, 0].dropna()
        kinds = " and ".join(sorted({type(value).__name__ for value in values}))
        fix = "give all its values one type: astype(), or text with astype(str)"
        raise SourceError(f"{what}: the column {name!r} holds {kinds}", why=str(error.args[0]), fix=fix) from error


def _storable(column: pa.ChunkedArray, name: str, what: str) -> pa.ChunkedArray:
    """Return a column as it is stored: categories as their values, NaN as missing."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    kind = column.type
    if kinds.is_duration(kind) or kinds.is_interval(kind) or isinstance(kind, pa.BaseExtensionType):
        fix = "turn it into a number, a date or text: .dt.total_seconds(), .dt.to_timestamp(), .astype(str)"
        raise SourceError(f"{what}: the column {name!r} holds {kind}", why="a table has no such type", fix=fix)
    if kinds.is_dictionary(kind):
        return column.cast(kind.value_type)
    if kinds.is_floating(kind):  # which pandas takes for missing, too
        return pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
    return column
