"""Text as the operators of a PDF that show it: set by Pango and written by WeasyPrint, once for each distinct text.

So fonts, kerning, ligatures, the fonts of other scripts, both reading directions and colour emoji are those of text in
WeasyPrint's own pages. Texts that differ in their digits only share one setting: see `digits`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from scheduled_reports.typeset.digits import ZEROS, Digits, Pattern

_LETTERS = (
    *("font_family", "font_size", "font_style", "font_weight", "font_stretch", "font_kerning", "letter_spacing"),
    *("font_variant_ligatures", "font_variant_numeric", "font_variant_caps", "font_variant_position", "word_spacing"),
    *("font_variant_alternates", "font_variant_east_asian", "font_feature_settings", "font_variation_settings"),
    *("font_language_override", "text_decoration_line", "text_transform", "overflow_wrap", "lang", "direction"),
)
"""The properties on which it depends how letters are set."""

_KINDS = ("ExtGState", "XObject", "Pattern", "Shading")
_APART = 1_000_000
"""More than any document's pages have resources of a kind."""

_TRANSFORMS: dict[str, Callable[[str], str]] = {"uppercase": str.upper, "lowercase": str.lower, "capitalize": str.title}

_NARROW = 0.35
"""A letter takes about half an em: text that does not fit with so much for each is broken without setting it whole."""

KEPT = 20_000
"""So many texts are remembered; then it starts anew. A table may have millions of distinct ones."""

_NO_KERNING = re.compile(r">-?0(?:\.0)?<|(?<=>)-?0(?:\.0)?(?=\] TJ)")


class Run(NamedTuple):
    """One line of text.

    Attributes:
        width: In CSS pixels.
        font: The operator that chooses its font; empty where `show` does that itself, having several.
        show: The operators that show it.
        coloured: Whether `show` draws pictures too, for signs with colours, and begins and ends its text itself.
        shift: How far it hangs higher, or, below 0, lower than text in the style's own font: by so much the fonts of
            other scripts make its line higher.
    """

    width: float
    font: str
    show: str
    coloured: bool = False
    shift: float = 0.0


class Ink:
    """What the texts of one document share.

    Attributes:
        fonts: WeasyPrint's fonts of the document, which it embeds in the end.
        images: Its pictures.
        resources: What the operators that are drawn refer to by name.
    """

    def __init__(self, fonts: dict[Any, Any]) -> None:
        import pydyf

        class Apart(pydyf.Dictionary):  # type: ignore[misc] # pydyf has no type hints
            """Resources whose names, for which WeasyPrint counts them, are not those of the document's pages."""

            def __len__(self) -> int:
                return int(super().__len__()) + _APART

        self.fonts, self.images = fonts, dict[str, Any]()
        self.resources = pydyf.Dictionary({kind: Apart() for kind in _KINDS} | {"ColorSpace": None, "Font": None})
        self._setters: dict[Any, Setter] = {}

    def stream(self, tags: dict[Any, Any] | None = None) -> Any:
        """Return a WeasyPrint stream that takes up what is drawn, for use in any page of the document."""
        from weasyprint.pdf.stream import Stream

        return Stream(self.fonts, (0, 0, 1, 1), self.resources, self.images, tags, {}, None)

    def setter(self, style: Any) -> Setter:
        """Return what sets texts in a computed style of WeasyPrint; the same for styles with the same letters."""
        key = tuple(str(style[name]) for name in _LETTERS)
        if key not in self._setters:
            self._setters[key] = Setter(self, style)
        return self._setters[key]

    def add_to(self, stream: Any) -> None:
        """Add what the operators refer to to the resources of a document, through the stream of one of its pages."""
        stream._images.update(self.images)
        for kind in _KINDS:
            stream._resources[kind].update(self.resources[kind])
        for group in (*self.resources["XObject"].values(), *self.resources["Pattern"].values()):
            if group is not None:
                group.extra["Resources"]["ColorSpace"] = stream._resources["ColorSpace"]


class Setter:
    """Sets texts in one style, a computed style of WeasyPrint."""

    def __init__(self, ink: Ink, style: Any) -> None:
        from weasyprint.text.line_break import Layout

        self._ink, self.style, self._stream = ink, style, ink.stream()
        self.pango_layout, self.text = Layout(style), ""
        self._runs: dict[str, Run] = {}
        self._lines: dict[tuple[str, float], tuple[Run, ...]] = {}
        self._seen: dict[str, Pattern | None] = {}
        self._digits: Digits | None = None
        self._breaker: Any = None
        self._middle: float | None = None
        self._narrow = style["font_size"] * _NARROW
        self._transform = _TRANSFORMS.get(style["text_transform"])
        self._set("0")

    def run(self, text: str) -> Run:
        """Return `text` on one line."""
        if self._transform:
            text = self._transform(text)
        if found := self._runs.get(text):
            return found
        shape = text.translate(ZEROS)
        if shape != text or "0" in text:
            if pattern := self._seen.get(shape):
                return Run(*pattern.filled(text))
            self._learn(shape)
        run = self._set(text)
        _remember(self._runs, text, run)
        return run

    def lines(self, text: str, width: float) -> tuple[Run, ...]:
        """Return `text` on lines that are at most `width` CSS pixels wide, broken where WeasyPrint breaks them."""
        if len(text) * self._narrow < width and (whole := self.run(text)).width <= width:
            return (whole,)
        key = (text, width)
        if key not in self._lines:
            _remember(self._lines, key, tuple(map(self.run, self._broken(text, width))))
        return self._lines[key]

    def pattern(self, text: str) -> Pattern | None:
        """Return the setting that `text` shares with all that differ from it in digits only, if it is known by now."""
        return None if self._transform else self._seen.get(text.translate(ZEROS))

    def _broken(self, text: str, width: float) -> list[str]:
        """Return the lines into which Pango breaks a text: between words, and within a word that is too long."""
        from weasyprint.text.ffi import TO_UNITS, ffi, pango
        from weasyprint.text.line_break import Layout

        if self._breaker is None:
            self._breaker = Layout(self.style)
            pango.pango_layout_set_wrap(self._breaker.layout, pango.PANGO_WRAP_WORD_CHAR)
        layout, encoded, lines = self._breaker.layout, text.encode(), list[str]()
        pango.pango_layout_set_width(layout, int(max(width, 0) * TO_UNITS))
        self._breaker.set_text(text)
        while (line := pango.pango_layout_get_line_readonly(layout, len(lines))) != ffi.NULL:
            lines.append(encoded[line.start_index : line.start_index + line.length].decode().strip(" "))
        return lines

    def _learn(self, shape: str) -> None:
        """Make a pattern of a shape that is seen the second time: most are seen once, or very often."""
        if len(self._seen) > KEPT:
            self._seen.clear()
        if shape not in self._seen:
            self._seen[shape] = None
            return
        if self._digits is None:
            self._digits = Digits(self._set)
        self._seen[shape] = self._digits.pattern(shape)

    def _set(self, text: str) -> Run:
        from weasyprint.draw.text import draw_emojis, draw_first_line
        from weasyprint.matrix import Matrix

        self.text, stream = text, self._stream
        self.pango_layout.set_text(text)
        stream.stream.clear()
        stream._current_font = None  # so that each text says which font it has
        emojis = draw_first_line(stream, self, "clip", "none", Matrix(d=-1))
        width, shift = self._measured()
        if emojis:
            stream.end_text()
            draw_emojis(stream, self.style, 0, 0, emojis)
            return Run(width, "", "BT\n" + written(stream), coloured=True, shift=shift)
        operators = [_NO_KERNING.sub("", _text(operator)) for operator in stream.stream[1:]]
        if len(operators) == 2 and operators[0].endswith(" Tf"):
            return Run(width, operators[0], operators[1], shift=shift)
        return Run(width, "", "\n".join(operators), shift=shift)

    def _measured(self) -> tuple[float, float]:
        """Return how wide the text is that is set, and how far it hangs higher than the style's own font."""
        from weasyprint.text.ffi import FROM_UNITS, pango
        from weasyprint.text.line_break import line_size

        width, height = line_size(self.pango_layout.get_first_line()[0], self.style)
        middle = pango.pango_layout_get_baseline(self.pango_layout.layout) * FROM_UNITS - height / 2
        if self._middle is None:
            self._middle = middle  # of the style's own font: the first text that is set is a digit
        return width, middle - self._middle


def written(stream: Any) -> str:
    """Return what a stream of WeasyPrint holds."""
    return "\n".join(map(_text, stream.stream))


def _text(operator: Any) -> str:
    data = getattr(operator, "data", operator)
    return data.decode("latin-1") if isinstance(data, bytes) else str(data)


def _remember(kept: dict[Any, Any], key: Any, value: Any) -> None:
    if len(kept) >= KEPT:
        kept.clear()
    kept[key] = value
