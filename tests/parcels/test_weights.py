"""What a mail weighs is never less than what is sent."""

from __future__ import annotations

import base64
import tempfile
from dataclasses import replace
from email.headerregistry import Address
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from parcels.conftest import delivery_of, email
from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.channels.base import Link
from scheduled_reports.document.document import Notice
from scheduled_reports.errors import DeliveryError
from scheduled_reports.mail.content import content_of
from scheduled_reports.mail.letter import Circle, unaddressed
from scheduled_reports.parcels.weights import base64_weight, mail_weight, text_weight

TEXT = st.text(st.characters(codec="utf-8"), max_size=3_000)


@given(TEXT, st.binary(max_size=3_000), st.integers(0, 3), st.booleans())
def test_a_mail_of_any_text_picture_and_file_weighs_no_less_than_it_has(
    text: str, file: bytes, pictures: int, is_repeated: bool
) -> None:
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(bytes([number]) + file).decode()}">'
                     for number in range(pictures))  # fmt: skip
    page = f"<html><body>{text * (50 if is_repeated else 1)}{images}</body></html>".encode()
    with tempfile.TemporaryDirectory() as name:
        delivery = delivery_of(Path(name) / "files", html=("sales.html", page), pdf=("sales.pdf", file))
        content = content_of(["html"], ["pdf"], delivery)

        assert len(content.headers) + len(content.body) <= mail_weight(delivery, ("html",), ("pdf",))


def test_all_that_a_mail_names_counts(tmp_path: Path) -> None:
    channel = email(["fail"], attach="csv")
    bare = delivery_of(tmp_path / "files", csv=("sales.csv", b"1\n"))
    copied = tuple(Recipient(f"person{number}@northwind.example", "Jürgen Müller", Copy.CC) for number in range(300))
    link, notice = (
        Link("sales.pdf", "https://a.example/" + "x" * 800, 10),
        Notice("STALE", "orders are old, Müller " * 40),
    )
    full = replace(bare, circle=copied, links=(link,), notices=(notice,), part=(2, 3))

    content = content_of([], ["csv"], full)
    message = unaddressed(Address("Reports", "reports", "northwind.example"), Address("", "ann", "a.example"), "x", "y")
    Circle(copied).address(message, copied[0], Address("", "ann", "a.example"))
    size = len(message.as_bytes()) + len(content.headers) + len(content.body)

    assert size <= channel.weight(full)
    assert channel.weight(full) > channel.weight(bare)


@given(st.binary(max_size=2_000))
def test_base64_is_counted_to_the_byte(content: bytes) -> None:
    assert base64_weight(len(content)) == len(base64.encodebytes(content).replace(b"\n", b"\r\n"))


def test_a_text_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match=r"sales\.html cannot be read") as caught:
        text_weight(tmp_path / "sales.html")

    assert caught.value.retryable
