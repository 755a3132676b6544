"""Vega around a script, as one text; it is kept on disk, since to make it takes longer than the rest of a page.

vl-convert joins some eighty modules for that: 1.5 seconds of a processor, and always the same text for one script and
one release of it. The text lies in the cache of the user whom the worker runs as, as Python's bytecode does, in a
folder that nobody else may write to. Where there is no such place, it is made anew.
"""

from __future__ import annotations

import functools
import os
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

FOLDER = "airflow-scheduled-reports"
"""Its name in the user's cache (XDG Base Directory Specification, 0.8)."""

_OTHERS_MAY_WRITE = 0o022


@functools.cache
def vega_around(script: str) -> str:
    """Return Vega, Vega-Lite and Vega-Embed with a script in their scope, where `vegaEmbed` is; nothing is global."""
    import vl_convert

    file = _place(f"{version('vl-convert-python')} {script}")
    found = _read(file) if file else None
    if found is None:
        found = str(vl_convert.javascript_bundle(script))
        if file:
            _keep(file, found)
    return found


def _place(made_of: str) -> Path | None:
    """Return where the text is kept that is made of something; None for a user without a home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        folder = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return folder / FOLDER / f"vega-{_digest(made_of)}.js"


def _read(file: Path) -> str | None:
    """Return a text that is kept; None where there is none, it is not whole, or another user may have written it."""
    try:
        owned = all(_is_ours(path) for path in (file.parent, file))
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if owned and digest == _digest(text) else None


def _is_ours(path: Path) -> bool:
    found = path.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_MAY_WRITE


def _keep(file: Path, text: str) -> None:
    """Keep a text below its digest, at once or not at all: tasks beside this one may read it."""
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, suffix=".part", delete=False) as target:
            part = Path(target.name)
            try:
                target.write(f"{_digest(text)}\n{text}")
                target.flush()
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
