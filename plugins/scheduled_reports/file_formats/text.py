"""Text files as UTF-8, whatever they are compressed with and encoded in; never a letter that is not there."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from scheduled_reports.file_formats.base import InFile

CHUNK = 1 << 20
"""Bytes read at a time."""

DETECT = "detect"

_BOMS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
"""The longer before those that they begin with."""

_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_OTHERS = {b"PK\x03\x04": "a ZIP archive or an Excel workbook", b"PAR1": "a Parquet file", b"%PDF": "a PDF",
           b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)"}  # fmt: skip

_ENDS = {"unexpected end of data", "truncated data", "incomplete multibyte sequence"}
"""What codecs say of a letter whose last bytes are missing."""

_LIKELY = (
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "koi8_r",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "big5",
    "gb18030",
)
"""What business data is in where it is not UTF-8; of all that there are, a guess would pick stranger ones."""

_WESTERN = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜàáâãäåæçèéêëìíîïñòóôõöøùúûüßŒœÿ€„“”‘’‚–—…°§«»´\xa0")
"""What a text of Western Europe has beyond ASCII."""


def utf8(file: InFile, encoding: str | None) -> Iterator[bytes]:
    """Yield the file's text as UTF-8 without a byte order mark, in chunks that end between two letters.

    Args:
        file: A text file, plain or compressed with gzip, bzip2, xz or Zstandard (its first bytes tell).
        encoding: A codec of Python; None is UTF-8, or what its byte order mark says; `detect` is a guess.

    Raises:
        SourceError: The compressed file is cut, or a byte is no text in this encoding.
    """
    with _opened(file) as stream:
        chunks = _chunks(file, stream)
        first = next(chunks, b"")
        _require_text(file, first)
        mark = next((mark for mark in _BOMS if first.startswith(mark)), b"")
        _require_no_zeros(file, first, mark or encoding)
        known = _BOMS[mark] if mark else (guessed(first) if encoding == DETECT else encoding) or "utf-8"
        decoding = _Decoding(file, known, len(mark))
        yield from decoding.decoded(first[len(mark) :])
        for chunk in chunks:
            yield from decoding.decoded(chunk)
        yield from decoding.decoded(b"", final=True)


@contextmanager
def _opened(file: InFile) -> Iterator[IO[bytes]]:
    with file.path.open("rb") as raw:
        start = raw.read(6)
    kind = next((kind for magic, kind in _COMPRESSED.items() if start.startswith(magic)), None)
    with closing(_stream(file.path, kind)) as stream:
        yield stream


def _stream(path: Path, kind: str | None) -> Any:
    import bz2
    import gzip
    import lzma

    if kind == "zstd":
        import pyarrow as pa

        return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
    openers: dict[str | None, Any] = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    return openers[kind](path, "rb") if kind else path.open("rb")


def _chunks(file: InFile, stream: IO[bytes]) -> Iterator[bytes]:
    import zlib
    from lzma import LZMAError

    read = 0
    while True:
        try:
            chunk = _full(stream)
        except (EOFError, zlib.error, LZMAError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None and error.errno != 0:
                raise
            why = f"the compressed file is damaged or cut after {read:,} bytes of text: {error}"
            raise file.error(why, "have it sent again", retryable=True) from error
        if not chunk:
            return
        read += len(chunk)
        yield chunk


def _full(stream: IO[bytes]) -> bytes:
    """Return a whole chunk; a decompressor gives less than it is asked for."""
    parts, missing = [], CHUNK
    while missing > 0 and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _require_text(file: InFile, start: bytes) -> None:
    kind = next((kind for magic, kind in _OTHERS.items() if start.startswith(magic)), None)
    if start[:1000].lstrip(b"\xef\xbb\xbf\r\n\t ").lower().startswith((b"<!doctype html", b"<html")):
        raise file.error("it is an HTML page, to log in or of an error", "have the file itself sent, or name it")
    if kind:
        raise file.error(f"it is {kind}, not text", "name the right file, or its `format`")


def _require_no_zeros(file: InFile, start: bytes, known: bytes | str | None) -> None:
    """Raise where the text looks like UTF-16 and nothing says so: it would be taken as letters with zeros between."""
    sample = start[:1000]
    if known is None and sample.count(0) > len(sample) // 4:
        looks = "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
        raise file.error(f"it looks like {looks}, without a byte order mark", f"declare `encoding: {looks}` in the "
                         "source's `format`")  # fmt: skip


class _Decoding:
    """Turns chunks into UTF-8, and knows where it is."""

    def __init__(self, file: InFile, encoding: str, offset: int) -> None:
        self._file, self._encoding, self._offset, self._line = file, encoding, offset, 1
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        is_one_byte = codecs.lookup(encoding).name != "utf-8" and _is_single_byte(encoding)
        self._other = codecs.getincrementaldecoder("utf-8")() if is_one_byte else None
        self._beyond_ascii = False

    def decoded(self, chunk: bytes, *, final: bool = False) -> Iterator[bytes]:
        pending = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise self._error(error, pending + chunk) from error
        self._offset += len(chunk)
        self._listen(chunk, final=final)
        if text:
            encoded = text.encode()
            self._line += encoded.count(b"\n")
            yield encoded

    def _error(self, error: UnicodeDecodeError, data: bytes) -> Exception:
        place = error.start
        line = self._line + data[:place].decode(self._encoding, "replace").count("\n")
        at = self._offset + place - len(self._decoder.getstate()[0]) + 1
        if error.reason in _ENDS:
            why = f"the file is cut within a letter, or its encoding is not {self._encoding}"
            fix = "have it sent again, whole; or declare its `encoding` in the source's `format`"
            return self._file.error(why, fix, line, retryable=True)
        looks = guessed(data[max(0, place - 50_000) : place + 50_000])
        why = f"the byte 0x{data[place]:02X} (byte {at:,} of the text) is no {self._encoding}"
        if looks is None:
            fix = "declare its `encoding` in the source's `format`"
        else:
            letter = data[place : place + 1].decode(looks, "replace")
            shown = f": {letter!r}" if _is_single_byte(looks) else ""
            why, fix = f"{why}; it looks like {looks}{shown}", f"declare `encoding: {looks}` in the source's `format`"
        return self._file.error(why, fix, line)

    def _listen(self, chunk: bytes, *, final: bool) -> None:
        """Raise where a text that is declared to have one byte for each letter is UTF-8 from its first to its last."""
        if self._other is None:
            return
        try:
            self._other.decode(chunk, final)
        except UnicodeDecodeError:
            self._other = None
            return
        self._beyond_ascii = self._beyond_ascii or not chunk.isascii()
        if final and self._beyond_ascii:
            why = f"it is declared as {self._encoding}, but all of it is UTF-8, which that would garble"
            raise self._file.error(why, "declare `encoding: utf-8`, or leave it out")


def guessed(data: bytes) -> str | None:
    """Return the encoding that some bytes of text look like, where any does; of the likely ones, UTF-8 and cp1252."""
    from charset_normalizer import from_bytes

    with suppress(UnicodeDecodeError):
        codecs.getincrementaldecoder("utf-8")("strict").decode(data)
        return "utf-8"
    found = from_bytes(data, cp_isolation=list(_LIKELY)).best()
    if found is None or not found.encoding.startswith("cp125"):
        return found.encoding.replace("_", "-") if found else None
    with suppress(UnicodeDecodeError):
        if all(letter in _WESTERN for letter in data.decode("cp1252") if not letter.isascii()):
            return "cp1252"
    return str(found.encoding)


def _is_single_byte(encoding: str) -> bool:
    """Return whether each byte is a letter of its own, as in Windows-1252 or ISO 8859."""
    high = bytes(range(0xC0, 0x100)).decode(encoding, "replace")
    return len(high) == 64 and high.count("\N{REPLACEMENT CHARACTER}") < 8 and b"A".decode(encoding) == "A"
