"""Look through an SVG file: how large it is, and that it is a picture that stands still and loads nothing.

Browsers run scripts in SVG and fetch what it refers to (SVG 2, 2.5 and 15); no reader's program gets the chance.
"""

from __future__ import annotations

import re
from xml.parsers import expat

_INSIDE = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp)[;,])", re.IGNORECASE)
_URL = re.compile(r"url\(\s*['\"]?([^)'\"]*)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]{1,2})?", re.IGNORECASE)
_LENGTH = re.compile(rf"\s*({_NUMBER.pattern})\s*(px|pt|pc|mm|cm|in)?\s*", re.IGNORECASE)
_PIXELS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
"""CSS pixels of a unit (CSS Values and Units 4, 6.2)."""

_ACTIVE = frozenset((
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "set", "animate", "animatemotion",
    "animatetransform",
))  # fmt: skip
"""Elements that are, or become, something other than a picture that stands still."""


class SvgError(Exception):
    """An SVG file cannot be shown.

    Attributes:
        message: What is wrong.
        hint: What to do.
        line: From 1.
        column: From 1.
    """

    def __init__(self, message: str, hint: str, line: int = 1, column: int = 1) -> None:
        self.message, self.hint, self.line, self.column = message, hint, line, column
        super().__init__(f"{message}; {hint}")


def svg_size(content: bytes) -> tuple[float, float]:
    """Return the width and height of an SVG file, in CSS pixels.

    Raises:
        SvgError: It is not SVG, says no size, runs code, or refers to what is elsewhere.
    """
    file = _File()
    try:
        content.decode("utf-8")
        file.parser.Parse(content, True)
    except UnicodeDecodeError as error:
        raise SvgError("it is not UTF-8 text", "save it again as SVG, in UTF-8") from error
    except expat.ExpatError as error:
        what = f"it is not well-formed XML: {expat.ErrorString(error.code)}"
        raise SvgError(what, "save it again as SVG", error.lineno, error.offset + 1) from error
    return file.size


class _File:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.size = (0.0, 0.0)
        self._open: list[str] = []
        self._styles = ""

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2].lower()
        if not self._open:
            if name != "http://www.w3.org/2000/svg svg":
                raise self._error(f"it is no SVG: it begins with <{tag}>", "save it again as SVG")
            self.size = self._size_in(attributes)
        if tag in _ACTIVE:
            raise self._error(f"it holds <{tag}>, and reports show pictures only", "take it out")
        self._open.append(tag)
        for key, value in attributes.items():
            self._attribute(key.rpartition(" ")[2].lower(), value)

    def _attribute(self, name: str, value: str) -> None:
        if name.startswith("on"):
            raise self._error(f"it holds the attribute {name!r}, and pictures run no code", "take it out")
        if name == "base" or (name in {"href", "src"} and not _INSIDE.match(value)):
            raise self._elsewhere(value)
        self._style(value)

    def _end(self, _: str) -> None:
        if self._open.pop() == "style":
            self._style(self._styles)
            self._styles = ""

    def _text(self, text: str) -> None:
        if self._open and self._open[-1] == "style":
            self._styles += text

    def _style(self, text: str) -> None:
        if "@import" in text.lower() or "\\" in text:  # an escape may hide one
            raise self._elsewhere(text.strip())
        for url in _URL.findall(text):
            if not _INSIDE.match(url):
                raise self._elsewhere(url)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_own: int) -> None:
        if has_own:  # ten lines of entities can mean billions
            raise self._error("it declares entities of its own", "save it as plain SVG")

    def _instruction(self, target: str, _: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise self._elsewhere("a style sheet")

    def _size_in(self, attributes: dict[str, str]) -> tuple[float, float]:
        """Return what `width` and `height` say, else what `viewBox` does."""
        said = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
        sizes = [float(part[1]) * _PIXELS[(part[2] or "").lower()] for part in said if part]
        box = [float(part) for part in _NUMBER.findall(attributes.get("viewBox", ""))]
        if len(sizes) < 2 and len(box) == 4:
            sizes = box[2:]
        if len(sizes) < 2 or min(sizes) <= 0:
            raise self._error("it does not say how large it is", 'give its <svg> a viewBox="0 0 width height"')
        return sizes[0], sizes[1]

    def _elsewhere(self, what: str) -> SvgError:
        shown = what if len(what) <= 80 else f"{what[:80]}…"
        hint = "put that into the file itself, or take it out"
        return self._error(f"it refers to {shown!r}, and reports load nothing from elsewhere", hint)

    def _error(self, message: str, hint: str) -> SvgError:
        return SvgError(message, hint, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
