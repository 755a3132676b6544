"""Arrow values made without pandas.

`pa.scalar`, `pa.array`, `to_numpy` and kernels that are given a Python value import pandas where it is installed, which
takes 0.3 s and 30 to 57 MB.
"""

from __future__ import annotations

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


def number(value: int, kind: pa.DataType) -> pa.Scalar:
    """Return an integer of a type of signed integers."""
    import pyarrow as pa

    content = value.to_bytes(kind.bit_width // 8, "little", signed=True)
    return pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(content)])[0]


def word(value: str, kind: pa.DataType) -> pa.Scalar:
    """Return a text of the type string or large_string."""
    import pyarrow as pa

    content = value.encode()
    ends = b"".join(end.to_bytes(8, "little") for end in (0, len(content)))
    array = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(content)])
    return array.cast(kind)[0]


def as_numpy(array: pa.Array) -> Any:
    """Return the values of an array of a type of fixed width as a NumPy array; what stands at a NULL is anything."""
    import numpy as np
    import pyarrow as pa

    held = array.buffers()[1]
    if held is None or not len(array):
        return np.zeros(len(array), "bool" if pa.types.is_boolean(array.type) else _NUMPY[str(array.type)])
    if pa.types.is_boolean(array.type):
        bits = np.unpackbits(np.frombuffer(held, np.uint8), bitorder="little")
        return bits[array.offset : array.offset + len(array)].astype(bool)
    kind = np.dtype(_NUMPY[str(array.type)])
    return np.frombuffer(held, kind, len(array), array.offset * kind.itemsize)


def places(numbers: Any) -> pa.Array:
    """Return a NumPy array of places as Arrow's int64."""
    import pyarrow as pa

    content = numbers.astype("int64")
    return pa.Array.from_buffers(pa.int64(), len(content), [None, pa.py_buffer(content)])
