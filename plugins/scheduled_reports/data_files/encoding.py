"""Encode a file's text; a character that the encoding lacks is an error, never a question mark."""

from __future__ import annotations

import codecs
from typing import Literal

Encoding = Literal["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"]

MARKS: dict[Encoding, bytes] = {"utf-8-sig": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE}
"""Byte order marks, with which a file begins (RFC 2781, section 3.2; Unicode, section 23.8)."""

CODECS: dict[Encoding, str] = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}
"""What Python calls them once the mark is written."""


def codec_of(encoding: Encoding) -> str:
    """Return what Python calls an encoding after its byte order mark."""
    return CODECS.get(encoding, encoding)


def encoded(content: bytes, encoding: Encoding) -> bytes:
    """Return UTF-8 in another encoding.

    Raises:
        UnicodeEncodeError: It lacks a character.
    """
    codec = codec_of(encoding)
    if codec == "utf-8" or (codec != "utf-16-le" and content.isascii()):
        return content
    return content.decode().encode(codec)


def lacking(text: str, encoding: Encoding) -> str:
    """Return the first character that the encoding lacks; nothing where it has all."""
    try:
        text.encode(codec_of(encoding))
    except UnicodeEncodeError as error:
        return error.object[error.start]
    return ""
