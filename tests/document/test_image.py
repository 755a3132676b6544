"""Pictures from files."""

from __future__ import annotations

import importlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

import specs
from sample_document import document
from scheduled_reports.document import Image, ImageBlock
from scheduled_reports.document.picture_file import MOST_BYTES, PictureError, check_picture
from scheduled_reports.errors import DocumentError
from scheduled_reports.spec.load import BrokenReport, Report, load

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><rect width="200" height="100" fill="#c00"/></svg>'
ORIENTATION, GPS = 0x0112, 0x8825


def save(folder: Path, name: str, content: bytes | str) -> None:
    path = folder / "include" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def photo(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture, red on its left half and blue on its right."""
    image = Pillow.new(mode, size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def bound(folder: Path, name: str, **keys: Any) -> Image:
    block = ImageBlock.model_validate({"type": "image", "file": name, "alt": "A plan", **keys})
    image = document(folder, block).blocks[0]
    assert isinstance(image, Image)
    return image


def opened(image: Image) -> Pillow.Image:
    return Pillow.open(io.BytesIO(image.content))


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/png"), ("GIF", "image/png")],
)
def test_every_kind_of_photo_becomes_one_that_every_format_shows(tmp_path: Path, kind: str, media_type: str) -> None:
    name = f"plan.{'jpg' if kind == 'JPEG' else kind.lower()}"
    save(tmp_path, f"images/{name}", photo(kind))
    image = bound(tmp_path, name, title="Plan of {{ period.start:%Y }}", width=0.5)
    assert (image.media_type, image.pixels, image.width) == (media_type, (40, 20), 0.5)
    assert (image.title, image.alt) == ("Plan of 2026", "A plan")
    red, _, blue = opened(image).convert("RGB").getpixel((5, 10))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


def test_a_file_may_lie_anywhere_below_include(tmp_path: Path) -> None:
    save(tmp_path, "plans/north/a.png", photo("PNG"))
    assert bound(tmp_path, "plans/north/a.png").pixels == (40, 20)


def test_a_large_photo_is_made_smaller(tmp_path: Path) -> None:
    for name, kind in (("a.png", "PNG"), ("a.jpg", "JPEG")):
        save(tmp_path, name, photo(kind, (6000, 3000)))
        assert bound(tmp_path, name).pixels == (2000, 1000)


def test_a_photo_stands_upright_and_does_not_say_where_it_was_taken(tmp_path: Path) -> None:
    notes = Pillow.Exif()
    notes[ORIENTATION] = 6  # turned by a quarter
    notes.get_ifd(GPS)[1] = "N"
    notes[0x010E] = "secret"
    save(tmp_path, "a.jpg", photo("JPEG", exif=notes))
    image = bound(tmp_path, "a.jpg")
    assert image.pixels == (20, 40)
    assert not dict(opened(image).getexif())
    assert b"secret" not in image.content


def test_transparency_stays(tmp_path: Path) -> None:
    save(tmp_path, "a.png", photo("PNG", mode="RGBA"))
    assert opened(bound(tmp_path, "a.png")).mode == "RGBA"


def test_a_drawing_stays_a_drawing(tmp_path: Path) -> None:
    save(tmp_path, "images/a.svg", SVG)
    image = bound(tmp_path, "a.svg")
    assert (image.media_type, image.pixels, image.content) == ("image/svg+xml", (200, 100), SVG.encode())


@pytest.mark.parametrize(
    ("name", "content", "message", "hint"),
    [
        ("plan.png", None, "there is no file", "did you mean 'images/plam.png'"),
        ("https://x.example/plan.png", None, "is on the web", "save it below include/ and name the file"),
        ("../plan.png", None, "lies outside", "name a file below include/"),
        ("plan.pdf", b"%PDF", "'plan.pdf' is no picture that reports show", "write a png, jpg"),
        ("plan.png", b"%PDF-1.7", "is no picture that reports show, whatever its name says", "write a png, jpg"),
        ("plan.png", b"\0" * (MOST_BYTES + 1), "plan.png is 10.0 MB large, and a picture may have 10 MB", "smaller"),
        ("plan.png", photo("PNG", (10_000, 5_001)), "has 10,000 × 5,001 pixels, and a picture may have 50 million",
         "smaller"),
        ("plan.svg", "<svg", "plan.svg:1: it is not well-formed XML", "save it again"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told_before_any_run(
    tmp_path: Path, name: str, content: bytes | str | None, message: str, hint: str
) -> None:
    save(tmp_path, "images/plam.png", photo("PNG"))
    if content is not None:
        save(tmp_path, name, content)
    with pytest.raises(PictureError) as caught:
        check_picture(name, tmp_path / "include")
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_file_that_is_cut_off_is_told_when_it_is_read_also_after_a_pdf_was_made(tmp_path: Path, kind: str) -> None:
    importlib.import_module("weasyprint")  # which tells Pillow, for the whole process, to bear with such files
    name, whole = f"a.{kind.lower()}", photo(kind, (400, 400))
    save(tmp_path, name, whole[: len(whole) // 2])

    with pytest.raises(DocumentError, match=rf"the image '{name}' cannot be shown: {name} is broken"):
        bound(tmp_path, name)


def loaded(folder: Path, name: str) -> Report | BrokenReport:
    block = f"""
        - type: image
          file: {name}
          alt: A plan
    """
    return load(specs.write(folder, specs.with_block(block)), folder / "include")


def test_a_file_that_is_not_there_is_told_with_its_place_in_the_spec(tmp_path: Path) -> None:
    save(tmp_path, "images/plam.png", photo("PNG"))
    report = loaded(tmp_path, "images/plan.png")
    assert isinstance(report, BrokenReport)
    [problem] = report.problems
    line = next(at for at, text in enumerate(report.path.read_text().splitlines(), 1) if "file: " in text)
    assert (problem.line, problem.column) == (line, 11)
    assert "content[3].file: there is no file" in problem.message
    assert "did you mean 'images/plam.png'?" in problem.hint


def test_another_picture_makes_another_report(tmp_path: Path) -> None:
    digests = set()
    for size in ((40, 20), (41, 20)):
        save(tmp_path, "images/plan.png", photo("PNG", size))
        report = loaded(tmp_path, "plan.png")
        assert isinstance(report, Report)
        digests.add(report.digest)
    assert len(digests) == 2
