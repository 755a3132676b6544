"""A delivery that is too large is compressed, split, or named by a link, and never cut off."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from parcels.conftest import CSV, Make, delivery_of, email, packing_of
from scheduled_reports.channels import AnyChannel, Channel
from scheduled_reports.errors import DeliveryError
from scheduled_reports.model import Model, Size
from scheduled_reports.parcels import seal

ROWS = b"customer,amount\r\n" + b"".join(b"Customer %d,%d\r\n" % (number, number * 7) for number in range(4_000))
NOISE = os.urandom(60_000)
HTML = b"<html><body><h1>Sales</h1></body></html>"


def channel_of(**fields: object) -> Channel:
    found: Channel = TypeAdapter(AnyChannel).validate_python(fields)
    return found


def test_what_fits_is_left_as_it_is(packed: Make) -> None:
    [only] = packed(email(["compress", "fail"], 200_000), {"csv": ("sales.csv", ROWS)})

    assert (only.part, only.artifacts["csv"].name, only.files["csv"].read_bytes()) == ((1, 1), "sales.csv", ROWS)


def test_without_a_limit_nothing_is_looked_at(tmp_path: Path) -> None:
    delivery = delivery_of(tmp_path / "files", csv=("sales.csv", ROWS))

    assert packing_of(email(["fail"]), tmp_path / "packed").fitted(delivery) == [delivery]


def test_a_file_becomes_a_zip_with_the_very_file_in_it_and_the_same_bytes_each_time(packed: Make) -> None:
    made = [packed(email(["compress", "fail"], 60_000), {"csv": ("sales.csv", ROWS)})[0] for _ in range(2)]

    artifact, path = made[0].artifacts["csv"], made[0].files["csv"]
    assert (artifact.name, artifact.media_type, artifact.size) == (
        "sales.csv.zip",
        "application/zip",
        path.stat().st_size,
    )
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["sales.csv"]
        assert archive.read("sales.csv") == ROWS
        assert archive.infolist()[0].compress_type == zipfile.ZIP_DEFLATED
    assert made[1].files["csv"].read_bytes() == path.read_bytes()


def test_a_file_that_does_not_become_smaller_stays_as_it_is(packed: Make) -> None:
    found = packed(
        email(["compress", "split"], 100_000, attach=["csv", "pdf"]),
        {"csv": ("sales.csv", ROWS), "pdf": ("sales.pdf", NOISE)},
    )

    names = [part.artifacts[key].name for part in found for key in part.files]
    assert "sales.pdf" in names
    assert "sales.csv.zip" in names


def test_where_no_rule_is_left_it_fails_for_good_with_all_sizes(packed: Make) -> None:
    with pytest.raises(DeliveryError) as caught:
        packed(email(["compress", "fail"], 50_000, attach="pdf"), {"pdf": ("sales.pdf", NOISE)})

    assert not caught.value.retryable
    told = str(caught.value)
    assert told.startswith("the delivery to ann@northwind.example is too large: as it is sent it has 85,")
    assert "`max_size` of email is 50,000 (sales.pdf 60,000 bytes); `compress`: no file becomes smaller" in told
    assert "raise `max_size`, carry fewer or smaller formats, or let `if_too_large` split it or link to it" in told


def test_the_least_of_max_size_and_what_the_server_takes_counts(packed: Make) -> None:
    with pytest.raises(DeliveryError, match="the most that the other end takes is 30,000"):
        packed(email(["fail"], 90_000, attach="pdf"), {"pdf": ("sales.pdf", NOISE)}, limit=30_000)
    with pytest.raises(DeliveryError, match="the most that the other end takes is 40,000"):
        packed(email(["fail"], attach="pdf"), {"pdf": ("sales.pdf", NOISE)}, limit=40_000)


def test_whole_files_are_spread_over_messages_and_the_text_is_in_the_first_alone(packed: Make) -> None:
    found = packed(
        email(["split"], 100_000, body="html", attach=["pdf", "xlsx"]),
        {"html": ("sales.html", HTML), "pdf": ("sales.pdf", NOISE), "xlsx": ("sales.xlsx", NOISE[::-1])},
    )

    assert [list(part.files) for part in found] == [["html", "pdf"], ["xlsx"]]
    assert [part.part for part in found] == [(1, 2), (2, 2)]
    assert {part.id for part in found} == {"d" * 32}


def test_a_csv_becomes_files_that_each_have_the_header(packed: Make) -> None:
    found = packed(email(["split"], 40_000), {"csv": ("sales.csv", ROWS)}, csv=CSV)

    names = [part.artifacts["csv"].name for part in found]
    assert names == [f"sales-{number}-of-{len(found)}.csv" for number in range(1, len(found) + 1)]
    pieces = [part.files["csv"].read_bytes() for part in found]
    head = b"customer,amount\r\n"
    assert all(piece.startswith(head) and piece.endswith(b"\r\n") for piece in pieces)
    assert head + b"".join(piece.removeprefix(head) for piece in pieces) == ROWS
    assert not any(part.notices for part in found)


def test_compressed_and_split_a_csv_becomes_zips_that_each_open(packed: Make) -> None:
    found = packed(email(["compress", "split"], 16_000), {"csv": ("sales.csv", ROWS)}, csv=CSV)

    rows = b""
    for number, part in enumerate(found, start=1):
        assert part.artifacts["csv"].name == f"sales-{number}-of-{len(found)}.csv.zip"
        with zipfile.ZipFile(part.files["csv"]) as archive:
            rows += archive.read(f"sales-{number}-of-{len(found)}.csv").removeprefix(b"customer,amount\r\n")
    assert b"customer,amount\r\n" + rows == ROWS


def test_any_other_file_is_cut_anywhere_and_the_reader_is_told_how_to_join_it(packed: Make) -> None:
    found = packed(email(["split"], 40_000, attach="pdf"), {"pdf": ("sales.pdf", NOISE)})

    assert [part.artifacts["pdf"].name for part in found] == ["sales.pdf.001", "sales.pdf.002", "sales.pdf.003"]
    assert b"".join(part.files["pdf"].read_bytes() for part in found) == NOISE
    for part in found:
        assert part.notices[0].word == "IN PARTS"
        assert 'cat "sales.pdf".0* > "sales.pdf"' in part.notices[0].text


def test_a_record_longer_than_a_message_is_cut_anywhere(packed: Make) -> None:
    content = b"customer,note\r\nAnn," + NOISE.hex().encode() + b"\r\n"

    found = packed(email(["split"], 60_000), {"csv": ("sales.csv", content)}, csv=CSV)

    assert b"".join(part.files["csv"].read_bytes() for part in found) == content
    assert found[0].artifacts["csv"].name == "sales.csv.001"


def test_a_text_that_is_too_large_by_itself_is_never_split_or_dropped(packed: Make) -> None:
    page = HTML.replace(b"Sales", b"Sales" * 20_000)

    with pytest.raises(DeliveryError, match="`split`: without any file it has"):
        packed(
            email(["compress", "link", "split"], 60_000, body="html", attach=["csv"]),
            {"html": ("sales.html", page), "csv": ("sales.csv", ROWS)}, url="https://archive.example", csv=CSV,
        )  # fmt: skip


def test_nobody_gets_more_than_99_messages(packed: Make) -> None:
    with pytest.raises(DeliveryError, match=r"it would take .* messages or more, and 99 are the most"):
        packed(email(["split"], 5_500, attach="pdf"), {"pdf": ("sales.pdf", NOISE * 20)})


def test_the_largest_files_are_named_by_a_link_until_the_rest_fits(packed: Make) -> None:
    files = {"html": ("sales.html", HTML), "csv": ("sales.csv", ROWS), "pdf": ("sales.pdf", NOISE)}
    [only] = packed(email(["link"], 100_000, body="html", attach=["csv", "pdf"]), files, url="https://archive.example")

    assert list(only.files) == ["html", "pdf"]
    [link] = only.links
    assert (link.name, link.url, link.size) == ("sales.csv", "https://archive.example/sales.csv", len(ROWS))


def test_a_link_names_the_file_as_it_was_made_and_not_its_zip(packed: Make) -> None:
    [only] = packed(email(["compress", "link"], 10_000), {"csv": ("sales.csv", ROWS)}, url="https://archive.example")

    assert ([link.name for link in only.links], only.links[0].size) == (["sales.csv"], len(ROWS))


def test_where_nobody_knows_an_address_the_next_rule_is_followed(packed: Make) -> None:
    with pytest.raises(DeliveryError, match="`link`: nobody knows an address"):
        packed(email(["link", "fail"], 10_000), {"csv": ("sales.csv", ROWS)})
    assert len(packed(email(["link", "split"], 40_000), {"csv": ("sales.csv", ROWS)}, csv=CSV)) > 1


def test_a_place_is_limited_file_by_file(packed: Make) -> None:
    place = channel_of(type="storage", path="file:///srv/reports", files=["pdf", "csv"], max_size="65 kB",
                       if_too_large="compress")  # fmt: skip

    [only] = packed(place, {"pdf": ("sales.pdf", NOISE), "csv": ("sales.csv", ROWS)})

    assert [artifact.name for artifact in only.artifacts.values()] == ["sales.pdf", "sales.csv.zip"]


def test_recipients_with_the_same_files_share_what_was_made_for_the_first(tmp_path: Path) -> None:
    packing = packing_of(email(["compress"], 60_000), tmp_path / "packed")
    delivery = delivery_of(tmp_path / "files", csv=("sales.csv", ROWS))

    first, second = packing.fitted(delivery), packing.fitted(delivery)

    assert first[0].files == second[0].files
    assert len(list((tmp_path / "packed").iterdir())) == 1


def test_a_full_disk_fails_for_now(tmp_path: Path) -> None:
    packing = packing_of(email(["compress"], 60_000), tmp_path / "packed")
    delivery = delivery_of(tmp_path / "files", csv=("sales.csv", ROWS))
    (tmp_path / "packed").rmdir()

    with pytest.raises(DeliveryError, match="could not be made smaller") as caught:
        packing.fitted(delivery)

    assert caught.value.retryable


def test_the_seal_of_another_cut_is_another_one(packed: Make) -> None:
    cuts = [packed(email(["split"], size), {"csv": ("sales.csv", ROWS)}, csv=CSV) for size in (40_000, 40_000, 41_000)]

    assert seal(cuts[0]) == seal(cuts[1]) != seal(cuts[2])


class _Sized(Model):
    size: Size


@pytest.mark.parametrize(
    ("text", "size"),
    [("20 MB", 20_000_000), ("20MiB", 20_971_520), ("1.5 KB", 1_500), ("512 kib", 524_288), ("7 B", 7)],
)
def test_a_size_is_read_with_its_unit(text: str, size: int) -> None:
    found = _Sized.model_validate({"size": text})

    assert found.size == size
    assert _Sized.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize("text", ["20", 20, "20 mb/s", "0 MB", "-1 MB", "MB", "1e3 KB", True])
def test_what_is_no_size_is_told_with_an_example(text: object) -> None:
    with pytest.raises(ValidationError, match=r"20 MB|less than one byte"):
        _Sized.model_validate({"size": text})


@pytest.mark.parametrize(
    ("rules", "why"), [(["link"], "a place has no text"), (["fail", "split"], "nothing comes after `fail`"),
                       (["split", "split"], "stands there twice"), ([], "at least 1")],
)  # fmt: skip
def test_rules_that_cannot_be_followed_are_problems_of_the_spec(rules: list[str], why: str) -> None:
    with pytest.raises(ValidationError, match=why) as caught:
        channel_of(type="sftp", path="/in", files="csv", connection="sftp", if_too_large=rules)

    assert "if_too_large" in caught.value.errors()[0]["loc"]


def test_the_zip_opens_as_a_stream_too(packed: Make) -> None:
    [only] = packed(email(["compress"], 60_000), {"csv": ("sales.csv", ROWS)})

    with zipfile.ZipFile(io.BytesIO(only.files["csv"].read_bytes())) as archive:
        assert archive.read("sales.csv") == ROWS
