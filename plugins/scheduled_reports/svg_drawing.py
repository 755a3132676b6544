"""Draw an SVG file as pixels, for mail and Excel, which show none."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_FALLBACK = "sans-serif"
_FAMILIES = re.compile(r"(?<![\w-])(font-family\s*:\s*)((?:'[^']*'|\"[^\"]*\"|[^;}\"'!])+)", re.IGNORECASE)
_NAMESPACES = {"": "http://www.w3.org/2000/svg", "xlink": "http://www.w3.org/1999/xlink"}


def drawn_svg(content: bytes, scale: float) -> bytes:
    """Return an SVG file as PNG; its words are drawn in another font where this machine lacks theirs.

    Args:
        content: The file, as `svg_size` accepts it.
        scale: Pixels for each CSS pixel.
    """
    import vl_convert

    return bytes(vl_convert.svg_to_png(with_fallback_fonts(content), scale=scale))


def with_fallback_fonts(content: bytes) -> str:
    """Return an SVG file that names a font that there always is after its own.

    Browsers take any other font (CSS Fonts 4, 2.1); resvg leaves out words whose font is missing, without a word.

    Args:
        content: The file, as `svg_size` accepts it: well-formed, in UTF-8, without entities.
    """
    for prefix, namespace in _NAMESPACES.items():
        ElementTree.register_namespace(prefix, namespace)
    root = ElementTree.fromstring(content)  # noqa: S314 - no document type, so no entities
    root.attrib.setdefault("font-family", _FALLBACK)
    for element in root.iter():
        if family := element.get("font-family"):
            element.set("font-family", f"{family}, {_FALLBACK}")
        if style := element.get("style"):
            element.set("style", _with_fallback(style))
        if element.text and str(element.tag).endswith("}style"):
            element.text = _with_fallback(element.text)
    return ElementTree.tostring(root, encoding="unicode")


def _with_fallback(style: str) -> str:
    return _FAMILIES.sub(lambda found: f"{found[1]}{found[2].rstrip()}, {_FALLBACK}", style)
