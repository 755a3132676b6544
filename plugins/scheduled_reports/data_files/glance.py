"""Tell in a glance at the bytes of a text column whether any value needs a closer look: most columns need none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def may_hold(text: pa.Array, marks: str) -> bool:
    """Return whether any value holds one of these ASCII characters."""
    offsets, content = _parts(text)
    whole = content[offsets[0] : offsets[-1]].tobytes()
    return any(mark in whole for mark in map(str.encode, marks))


def may_begin(text: pa.Array, marks: bytes) -> bool:
    """Return whether any value begins with one of these bytes."""
    import numpy as np

    offsets, content = _parts(text)
    starts = offsets[:-1][offsets[1:] > offsets[:-1]]
    asked = np.zeros(256, np.bool_)
    asked[list(marks)] = True
    return bool(asked[content[starts]].any())


def may_be_empty(text: pa.Array) -> bool:
    """Return whether any value is a text of no characters; a NULL may look like one."""
    offsets, _ = _parts(text)
    return bool((offsets[1:] == offsets[:-1]).any())


def may_be_control(text: pa.Array) -> bool:
    """Return whether any value holds a control character below U+0020."""
    offsets, content = _parts(text)
    return bool((content[offsets[0] : offsets[-1]] < 0x20).any())


def _parts(text: pa.Array) -> tuple[Any, Any]:
    """Return where the values of a large_string begin and end, and all their bytes (Arrow Columnar Format, 1.5)."""
    import numpy as np

    _, offsets, content = text.buffers()
    if not len(text) or content is None:
        return np.zeros(len(text) + 1, np.int64), np.zeros(0, np.uint8)
    return (
        np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1],
        np.frombuffer(content, np.uint8),
    )
