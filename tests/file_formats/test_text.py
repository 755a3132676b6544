"""Text is decoded as it was written, or the byte that says otherwise is named."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from scheduled_reports.errors import SourceError
from scheduled_reports.file_formats import text as texts
from scheduled_reports.file_formats.base import InFile
from scheduled_reports.file_formats.text import guessed, utf8

LETTERS = "id;name\n1;Müller – 5 €\n2;Ægir\n" * 50


def read(folder: Path, content: bytes, encoding: str | None = None) -> str:
    (folder / "x.csv").write_bytes(content)
    chunks = list(utf8(InFile(folder / "x.csv", "x.csv", "source 'x'"), encoding))
    assert all(chunk.decode() for chunk in chunks), "each chunk ends between two letters"
    return b"".join(chunks).decode()


def fault(folder: Path, content: bytes, encoding: str | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(folder, content, encoding)
    return caught.value


def _zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return bytes(sink.getvalue())


PACKERS = [gzip.compress, bz2.compress, lzma.compress, _zstd]


@pytest.mark.parametrize("chunk", [5, 7, 1 << 20])
@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-32", None),
        ("utf-8-sig", "cp1252"),
        ("cp1252", "cp1252"),
        ("utf-16-le", "utf-16-le"),
        ("cp1252", "detect"),
        ("utf-8", "detect"),
    ],
)
def test_an_encoding_that_is_declared_marked_or_guessed_gives_the_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, written: str, declared: str | None
) -> None:
    monkeypatch.setattr(texts, "CHUNK", chunk if declared != "detect" else 1 << 20)

    assert read(tmp_path, LETTERS.encode(written), declared) == LETTERS


@pytest.mark.parametrize("chunk", [2, 1 << 20])
def test_a_byte_that_is_no_letter_is_named_with_its_place_and_what_it_looks_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(texts, "CHUNK", chunk)

    error = fault(tmp_path, "id;name\n1;é\n2;Müller\n".encode("cp1252").replace(b"\xe9", "é".encode()))

    assert str(error).startswith("source 'x': x.csv:3: the byte 0xFC (byte 17 of the text) is no utf-8")
    assert not error.retryable


def test_the_remedy_names_the_encoding_that_fits(tmp_path: Path) -> None:
    error = fault(tmp_path, LETTERS.encode("cp1252"))

    assert error.why == "the byte 0xFC (byte 12 of the text) is no utf-8; it looks like cp1252: 'ü'"
    assert error.fix == "declare `encoding: cp1252` in the source's `format`"


def test_a_text_that_ends_within_a_letter_is_told(tmp_path: Path) -> None:
    error = fault(tmp_path, b"x\xc3")

    assert error.why == "the file is cut within a letter, or its encoding is not utf-8"
    assert error.retryable


@pytest.mark.parametrize("page", [b"<!DOCTYPE html>\n<html></html>", b"\xef\xbb\xbf\n <html lang='en'>"])
def test_a_page_to_log_in_is_no_data(tmp_path: Path, page: bytes) -> None:
    assert fault(tmp_path, page).why == "it is an HTML page, to log in or of an error"


def test_utf_8_that_is_declared_as_something_else_is_not_garbled(tmp_path: Path) -> None:
    error = fault(tmp_path, LETTERS.encode(), "latin-1")

    assert error.why == "it is declared as latin-1, but all of it is UTF-8, which that would garble"
    assert read(tmp_path, b"plain", "latin-1") == "plain"


@pytest.mark.parametrize(("encoding", "order"), [("utf-16-le", "le"), ("utf-16-be", "be")])
def test_utf_16_that_nothing_marks_is_recognised(tmp_path: Path, encoding: str, order: str) -> None:
    assert f"it looks like utf-16-{order}" in str(fault(tmp_path, LETTERS.encode(encoding)))


@pytest.mark.parametrize("pack", PACKERS)
def test_compressed_text_is_known_by_its_first_bytes(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert read(tmp_path, pack(LETTERS.encode())) == LETTERS


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("left", [0.5, 0.9, 0.999])
def test_a_compressed_file_that_is_cut_is_told(tmp_path: Path, pack: Callable[[bytes], bytes], left: float) -> None:
    packed = pack(bytes(range(256)) * 4000)

    error = fault(tmp_path, packed[: int(len(packed) * left)], "latin-1")

    assert "the compressed file is damaged or cut" in error.why
    assert error.retryable


def test_a_compressed_file_with_a_flipped_bit_is_told(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(LETTERS.encode() * 100))
    packed[-6] ^= 1

    assert "damaged or cut" in fault(tmp_path, bytes(packed)).why


@pytest.mark.parametrize(
    ("letters", "encoding"),
    [
        ("Müller, Größe, Straße", "cp1252"),
        ("Élève à côté – “été” €5", "cp1252"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("Москва, Санкт-Петербург, улица", "cp1251"),
        ("東京都新宿区、こんにちは世界", "shift-jis"),
        ("Müller", "utf-8"),
    ],
)
def test_what_business_data_is_in_is_guessed(letters: str, encoding: str) -> None:
    assert guessed(f"id;name\n1;{letters}\n".encode(encoding)) == encoding
