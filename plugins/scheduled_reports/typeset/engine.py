"""WeasyPrint, imported without the processes that looking for its libraries starts."""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LIBRARIES = ("gobject", "pango", "harfbuzz", "fontconfig")


def weasyprint() -> Any:
    """Return WeasyPrint.

    Raises:
        OSError: This machine lacks one of its libraries.
    """
    with _loaded_by_name():
        import weasyprint
    return weasyprint


@contextmanager
def _loaded_by_name() -> Iterator[None]:
    """Let WeasyPrint's libraries on Linux be found by the loader alone, by their names.

    It tries names as they are on other systems first, and for each of them Python asks `ldconfig`, `gcc` and `ld`:
    more than fifty processes. Whatever those find they tell by the name that WeasyPrint itself gives the loader next.
    """
    if not sys.platform.startswith("linux") or "weasyprint" in sys.modules:
        yield
        return
    find = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None if any(one in name for one in _LIBRARIES) else find(name)
    try:
        yield
    finally:
        ctypes.util.find_library = find
