"""Whatever is delivered, and however small a message may be: all of it is in the messages, once, and each fits."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import given

from parcels.conftest import CSV, delivery_of, email, packing_of
from scheduled_reports.channels import Delivery
from scheduled_reports.errors import DeliveryError
from scheduled_reports.formats.base import Records
from scheduled_reports.parcels.item import Item
from scheduled_reports.parcels.pieces import TooLongError, cut_by_records

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=60)
RULES = st.permutations(["compress", "split"]).map(lambda rules: rules[: 2 if rules[0] == "compress" else 1])


def written(rows: list[list[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue().encode()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def unpacked(part: Delivery, key: str) -> bytes:
    if part.artifacts[key].name.endswith(".zip"):
        with zipfile.ZipFile(part.files[key]) as archive:
            assert archive.testzip() is None
            return archive.read(archive.namelist()[0])
    return part.files[key].read_bytes()


@given(TABLES, st.integers(20, 2_000), st.booleans(), st.booleans())
def test_each_record_is_in_one_piece_with_the_head_before_it(
    rows: list[list[str]], room: int, has_mark: bool, is_headed: bool
) -> None:
    mark = b"\xef\xbb\xbf" if has_mark else b""
    content, records = mark + written(rows), Records(is_headed=is_headed, may_quote=True)
    with tempfile.TemporaryDirectory() as name:
        whole = delivery_of(Path(name) / "files", csv=("sales.csv", content))
        item = Item("csv", whole.files["csv"], whole.artifacts["csv"])
        try:
            pieces = [piece.path.read_bytes() for piece in cut_by_records(item, records, room, Path(name))]
        except TooLongError:
            head = len(mark) + (len(written(rows[:1])) if is_headed else 0)
            assert max(len(written([row])) for row in (rows[1:] if is_headed else rows)) + head > room
            return

    assert all(len(piece) <= room and piece.startswith(mark) for piece in pieces)
    found = [read(piece.removeprefix(mark)) for piece in pieces]
    if is_headed and len(rows) > 1:
        assert all(piece[0] == rows[0] for piece in found)
        assert [rows[0], *(row for piece in found for row in piece[1:])] == rows
    elif not is_headed:
        assert [row for piece in found for row in piece] == rows


@given(TABLES, st.binary(max_size=20_000), st.integers(4_000, 40_000), RULES)
def test_all_of_it_is_in_the_messages_once_and_each_fits(
    rows: list[list[str]], noise: bytes, limit: int, rules: list[str]
) -> None:
    content = written(rows) * 20
    channel = email(rules, limit, attach=["csv", "pdf"])
    with tempfile.TemporaryDirectory() as name:
        delivery = delivery_of(Path(name) / "files", csv=("sales.csv", content), pdf=("sales.pdf", noise))
        try:
            parts = packing_of(channel, Path(name) / "packed", csv=CSV).fitted(delivery)
        except DeliveryError as error:
            if not any(why in str(error) for why in ("messages", "no room", "without any file")):
                raise
            return
        assert all(channel.weight(part) <= limit for part in parts)
        assert [part.part for part in parts] == [(number, len(parts)) for number in range(1, len(parts) + 1)]
        found = {key: [(part.artifacts[key].name, unpacked(part, key)) for part in parts if key in part.files]
                 for key in ("csv", "pdf")}  # fmt: skip

    assert b"".join(piece for _, piece in found["pdf"]) == noise
    names = [name for name, _ in found["csv"]]
    if any("-of-" in name for name in names):
        head = written(rows[:1])
        assert head + b"".join(piece.removeprefix(head) for _, piece in found["csv"]) == content
        return
    joined = b"".join(piece for _, piece in found["csv"])
    if names[0] == "sales.csv.zip.001":
        with zipfile.ZipFile(io.BytesIO(joined)) as archive:
            joined = archive.read("sales.csv")
    assert joined == content
