"""Arrow values made without pandas.

`pa.scalar`, `pa.array`, `to_numpy` and kernels that are given a Python value import pandas where it is installed, which
takes 0.3 s and 30 to 57 MB.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_NUMPY = {
    "double": "f8", "float": "f4", "halffloat": "f2",
    **{f"{sign}int{bits}": f"{sign or 'i'}{bits // 8}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}  # fmt: skip
"""NumPy's names of Arrow's types."""


def zeros(count: int, kind: pa.DataType) -> pa.Array:
    """Return so many zeros of a type of fixed width."""
    import pyarrow as pa

    return pa.Array.from_buffers(kind, count, [None, pa.py_buffer(bytes(count * kind.bit_width // 8 + 1))])


def zero(kind: pa.DataType) -> pa.Scalar:
    """Return zero, or false, of a type of fixed width: all of its bits are 0, of whatever kind of number it is."""
    return zeros(1, kind)[0]


def nothing(kind: pa.DataType) -> pa.Scalar:
    """Return NULL."""
    import pyarrow as pa

    return pa.nulls(1, kind)[0]


def number(value: int, kind: pa.DataType) -> pa.Scalar:
    """Return an integer of a type of signed integers."""
    import pyarrow as pa

    content = value.to_bytes(kind.bit_width // 8, "little", signed=True)
    return pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(content)])[0]


def word(value: str, kind: pa.DataType | None = None) -> pa.Scalar:
    """Return a text of the type string or large_string; of the latter unless given."""
    found = words([value])
    return (found if kind is None else found.cast(kind))[0]


def words(values: Iterable[str | None]) -> pa.Array:
    """Return texts as large_string, None as NULL."""
    import pyarrow as pa

    contents = [None if value is None else value.encode() for value in values]
    full = [content or b"" for content in contents]
    ends = array("q", accumulate(map(len, full), initial=0))
    parts = _bits([content is not None for content in contents]), pa.py_buffer(ends), pa.py_buffer(b"".join(full))
    return pa.Array.from_buffers(pa.large_string(), len(full), [*parts])


def joined(texts: pa.Array, between: str) -> bytes:
    """Return texts of the type large_string one after another, as UTF-8."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pa.Array.from_buffers(pa.int64(), 2, [None, pa.py_buffer(array("q", [0, len(texts)]))])
    whole = pc.binary_join(pa.LargeListArray.from_arrays(ends, texts), word(between))
    return bytes(whole[0].as_buffer().to_pybytes())


def truths(values: Any) -> pa.Array:
    """Return truth values, also a NumPy array of them."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def numbers(values: Any, absent: Any = None) -> pa.Array:
    """Return a NumPy array of numbers as Arrow's of the same type, NULL where `absent` is true."""
    import pyarrow as pa

    kind = pa.from_numpy_dtype(values.dtype)
    validity = None if absent is None else _bits(~absent)
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(values.tobytes())])


def as_numpy(column: pa.Array) -> Any:
    """Return the values of an array of a type of fixed width as a NumPy array; what stands at a NULL is anything."""
    import numpy as np
    import pyarrow as pa

    held = column.buffers()[1]
    if held is None or not len(column):
        return np.zeros(len(column), "bool" if pa.types.is_boolean(column.type) else _NUMPY[str(column.type)])
    if pa.types.is_boolean(column.type):
        bits = np.unpackbits(np.frombuffer(held, np.uint8), bitorder="little")
        return bits[column.offset : column.offset + len(column)].astype(bool)
    kind = np.dtype(_NUMPY[str(column.type)])
    return np.frombuffer(held, kind, len(column), column.offset * kind.itemsize)


def places(numbers: Any) -> pa.Array:
    """Return a NumPy array of places as Arrow's int64."""
    import pyarrow as pa

    content = numbers.astype("int64")
    return pa.Array.from_buffers(pa.int64(), len(content), [None, pa.py_buffer(content)])


def _bits(values: Any) -> pa.Buffer:
    """Return truth values as Arrow has them: a bit each, the least significant first."""
    import numpy as np
    import pyarrow as pa

    return pa.py_buffer(np.packbits(np.asarray(values, bool), bitorder="little").tobytes())
