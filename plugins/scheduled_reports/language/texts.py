"""Our own texts in other languages: gettext catalogues (.po), in which the English text is the message's id.

`de.po` and its like stand beside this file; an operator's `include/locales/<code>.po` adds a language, or says things
otherwise. A text that none of them has is English. Babel reads them as they are, so that nothing needs compiling.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from scheduled_reports.errors import ReportError

_FIX = "correct it, as UTF-8; `msgfmt --check` or an editor for .po files shows where"

OURS = Path(__file__).parent
"""The folder of our own catalogues."""


@dataclass(frozen=True)
class OwnTexts:
    """An operator's catalogues.

    Attributes:
        folder: Where they stand.
        changed: When the newest of them was changed, in nanoseconds since 1970: what was read before counts no more.
    """

    folder: Path
    changed: int


@dataclass(frozen=True)
class Texts:
    """The texts of a language.

    Attributes:
        single: What stands for an English text.
        counted: What stands for an English text of one thing: its forms, and which of them is for how many.
    """

    single: dict[str, str] = field(default_factory=dict)
    counted: dict[str, tuple[tuple[str, ...], Callable[[int], int]]] = field(default_factory=dict)


def own_texts(include: Path | None) -> OwnTexts | None:
    """Return the catalogues in `include`/locales; None where there are none."""
    files = list((include / "locales").glob("*.po")) if include is not None else []
    return OwnTexts(files[0].parent, max(file.stat().st_mtime_ns for file in files)) if files else None


def languages(own: OwnTexts | None = None) -> list[str]:
    """Return the languages that there are texts in, English among them."""
    folders = [OURS] + ([own.folder] if own else [])
    return sorted({"en", *(file.stem.replace("-", "_") for folder in folders for file in folder.glob("*.po"))})


@functools.lru_cache(maxsize=64)
def texts_of(code: str, own: OwnTexts | None = None) -> Texts:
    """Return the texts of a language; those of `de_AT` before those of `de`, the operator's before ours.

    Raises:
        ReportError: A catalogue cannot be read.
    """
    found = Texts()
    for folder in [OURS] + ([own.folder] if own else []):
        parts = code.split("_")
        for name in ("_".join(parts[:length]) for length in range(1, len(parts) + 1)):
            for file in (folder / f"{name}.po", folder / f"{name.replace('_', '-')}.po"):
                if file.is_file():
                    read = read_texts(file)
                    found.single.update(read.single)
                    found.counted.update(read.counted)
    return found


def read_texts(file: Path) -> Texts:
    """Return the texts of one catalogue, without those that are not translated or marked `fuzzy`.

    Raises:
        ReportError: It is no catalogue, or a text has other placeholders than its English one.
    """
    what = f"the texts in {'/'.join(file.parts[-3:])} cannot be read"
    try:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        _require_lines(lines)
        catalogue = read_po(lines, abort_invalid=True)
        found = Texts()
        which = _plural(catalogue.plural_expr)
        for message in catalogue:
            if message.id and not message.fuzzy and all(_forms(message)):
                _require_placeholders(message)
                forms = _forms(message)
                if isinstance(message.id, str):
                    found.single[message.id] = forms[0]
                else:
                    found.counted[message.id[0]] = (forms, which)
    except PoFileError as error:
        raise ReportError(what, why=f"line {error.lineno}: {error}", fix=_FIX) from error
    except (OSError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise ReportError(what, why=str(error), fix=_FIX) from error
    return found


def placeholders(text: str) -> set[str]:
    """Return the names in braces.

    Raises:
        ValueError: A brace has no partner.
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


_LINE = re.compile(r"""\s*(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d+\])?)\s*)?"(\\.|[^"\\])*"\s*)?""")
"""A line of a catalogue: a comment, or a string with what it is before it."""


def _require_lines(lines: Sequence[str]) -> None:
    """Raise ValueError for a line that Babel would take for something: it reads `"one` as `on`."""
    for number, line in enumerate(lines, 1):
        if not _LINE.fullmatch(line.rstrip("\r\n").lstrip("\ufeff")):
            raise ValueError(f"line {number} is neither a comment nor a whole string in quotes: {line.strip()!r}")


def _plural(expression: str) -> Callable[[int], int]:
    """Return gettext's own reading of a header's `plural=` (the C expression of the GNU gettext manual, 11.2.6)."""
    from gettext import c2py

    return c2py(expression)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _require_placeholders(message: Message) -> None:
    """Raise ValueError where a translation has other placeholders; the form for one thing may say `one`."""
    wanted = placeholders(message.id if isinstance(message.id, str) else message.id[1])
    for text in _forms(message):
        try:
            found = placeholders(text)
        except ValueError as error:
            raise ValueError(f"line {message.lineno}: {text!r}: {error}") from error
        if not (found == wanted or (not isinstance(message.id, str) and found == wanted - {"count"})):
            names = ", ".join("{" + name + "}" for name in sorted(wanted)) or "none"
            raise ValueError(f"line {message.lineno}: {text!r} needs the placeholders of {message.id!r}: {names}")
