"""Make the pictures of docs/gallery.md: each of its examples in every format that people look at.

    .venv/bin/python docs/gallery.py [NAME …]

Needs Chromium, LibreOffice Calc and poppler (`pdftoppm`), as the tests do.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from PIL import Image, ImageChops, ImageDraw, ImageFont
from pydantic import TypeAdapter

from scheduled_reports.brands import brand_of
from scheduled_reports.brands.fonts import FONTS
from scheduled_reports.document import AnyBlock, Binding, Document, Provenance, arranged
from scheduled_reports.formats import AnyFormat
from scheduled_reports.schedule.period import Period
from scheduled_reports.tables import Tables

ROOT = Path(__file__).resolve().parents[1]
PAGE, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "gallery"
EXAMPLE = re.compile(r"```yaml\n(.*?)```\s+!\[[^]]*\]\(gallery/(\w+)\.png\)", re.DOTALL)
FORMATS = {"pdf": "PDF", "html": "HTML page", "html_email": "Mail", "xlsx": "Excel"}
WIDTH, LABEL, GAP = 620, 26, 16
BESIDE = {"contents": [{"type": "heading", "text": "Shops"}, {"type": "heading", "text": "Returns", "level": 2}]}
"""What stands beside an example that shows nothing by itself."""


def main() -> None:
    """Make all pictures, or those named."""
    PICTURES.mkdir(exist_ok=True)
    wanted = sys.argv[1:]
    for text, name in EXAMPLE.findall(PAGE.read_text(encoding="utf-8")):
        if not wanted or name in wanted:
            with tempfile.TemporaryDirectory() as folder:
                panels = {label: _picture(_document(text, name, Path(folder)), kind, Path(folder))
                          for kind, label in FORMATS.items()}  # fmt: skip
            sheet = _sheet(panels).quantize(256, Image.Quantize.MAXCOVERAGE)
            sheet.save(PICTURES / f"{name}.png", optimize=True)
            print(PICTURES / f"{name}.png")


def _document(text: str, name: str, folder: Path) -> Document:
    _write_data(folder)
    zone = ZoneInfo("Europe/Berlin")
    period = Period(*(dt.datetime(2026, month, 1, tzinfo=zone) for month in (10, 11, 9, 10)))
    read = TypeAdapter(AnyBlock).validate_python
    blocks = [read(block) for block in (yaml.safe_load(text), *BESIDE.get(name, ()))]
    words: dict[str, Any] = {
        "period": {"label": period.label, "start": period.start},
        "schedule": {"timezone": str(zone)},
    }
    binding = Binding(Tables(folder), words, include=folder)
    provenance = Provenance("gallery", "monthly", "docs", "000000000000", period.end, "shops@northwind.example")
    bound = arranged(block.bind(binding) for block in blocks)
    return Document(
        "Shops", "", period, bound, Tables(folder), provenance, brand=brand_of("northwind", ROOT / "include")
    )


def _write_data(folder: Path) -> None:
    months = [dt.date(2026, month, 1) for month in range(1, 11)]
    revenue = [98, 91, 104, 112, 118, 109, 121, 117, 128, 139]
    shops = [("Hamburg", "North", 812, 0.031, 0.08, 41200), ("Kiel", "North", 455, 0.042, -0.03, 19800),
             ("Bremen", "North", 390, 0.019, 0.22, 17400), ("Munich", "South", 934, 0.036, 0.02, 47100),
             ("Ulm", "South", 210, 0.055, -0.11, 8900), ("Augsburg", "South", 305, 0.028, 0.06, 14500)]  # fmt: skip
    names = ("shop", "region", "orders", "returns", "change", "revenue")
    tables = {
        "figures": {"revenue": [148900], "revenue_before": [139200], "orders": [3106], "orders_before": [2987],
                    "orders_year": [2750], "returns": [0.034], "returns_before": [0.037]},
        "months": {"month": months, "revenue": [value * 1000 for value in revenue],
                   "target": [100000 + 3500 * step for step in range(10)],
                   "orders": [value * 21 for value in revenue]},
        "shops": dict(zip(names, map(list, zip(*shops, strict=True)), strict=True)),
        "regions": {"region": ["North", "South"], "revenue": [78400, 70500]},
    }  # fmt: skip
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    (folder / "images").mkdir(exist_ok=True)
    plan = Image.new("RGB", (900, 420), "#e9eef8")
    draw = ImageDraw.Draw(plan)
    for left in range(40, 860, 140):
        draw.rectangle((left, 60, left + 100, 180), outline="#1d3f8f", width=6)
        draw.rectangle((left, 240, left + 100, 360), fill="#c9d6f2", outline="#1d3f8f", width=6)
    plan.save(folder / "images" / "gallery.png")


def _picture(document: Document, kind: str, folder: Path) -> Image.Image:
    entry = TypeAdapter(AnyFormat).validate_python({"type": kind})
    target = folder / f"file.{kind}.{entry.file_extension}"
    entry.render(document, target)
    if kind in ("html", "html_email"):
        shot = folder / f"{kind}.png"
        width = 760 if kind == "html_email" else 900
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
                 "--virtual-time-budget=4000", f"--window-size={width},1400"]  # fmt: skip
        _run("chromium", *flags, f"--screenshot={shot}", target.as_uri())
        return Image.open(shot).convert("RGB")
    if kind == "xlsx":
        _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(target))
        target = target.with_suffix(".pdf")
    _run("pdftoppm", "-r", "80", "-png", "-f", "1", "-l", "2", str(target), str(folder / kind))
    pages = [Image.open(path).convert("RGB") for path in sorted(folder.glob(f"{kind}-*.png"))]
    inner = [
        page.crop((0, 0 if kind == "pdf" else page.height // 16, page.width, page.height * 15 // 16)) for page in pages
    ]
    shown = inner if kind == "xlsx" else inner[-1:]  # an appendix begins a page of its own
    return _below([_trimmed(page) for page in shown])


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise SystemExit(f"{program} is missing; .ci/run names the Debian packages")
    subprocess.run([found, *arguments], check=True, capture_output=True)


def _trimmed(picture: Image.Image) -> Image.Image:
    """Return a picture without the paper around what it shows."""
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    return (
        picture.crop((0, max(box[1] - 12, 0), picture.width, box[3] + 12))
        if box
        else picture.crop((0, 0, picture.width, 40))
    )


def _below(pictures: list[Image.Image]) -> Image.Image:
    sheet = Image.new("RGB", (max(each.width for each in pictures), sum(each.height for each in pictures)), "white")
    top = 0
    for each in pictures:
        sheet.paste(each, (0, top))
        top += each.height
    return sheet


def _sheet(panels: dict[str, Image.Image]) -> Image.Image:
    """Return the pictures two by two, each below its format's name."""
    font = ImageFont.truetype(str(FONTS / "Inter-SemiBold.ttf"), 15)
    fitted = [_fitted(_trimmed(panel)) for panel in panels.values()]
    tall = [max(fitted[0].height, fitted[1].height), max(fitted[2].height, fitted[3].height)]
    sheet = Image.new("RGB", (2 * WIDTH + 3 * GAP, sum(tall) + 2 * LABEL + 3 * GAP), "#eef1f4")
    draw = ImageDraw.Draw(sheet)
    for number, (label, panel) in enumerate(zip(panels, fitted, strict=True)):
        left, top = GAP + (number % 2) * (WIDTH + GAP), GAP + (number // 2) * (tall[0] + LABEL + GAP)
        draw.text((left, top), label, "#14212b", font)
        sheet.paste(panel, (left, top + LABEL))
    return sheet


def _fitted(picture: Image.Image) -> Image.Image:
    picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    return picture.crop((0, 0, WIDTH, min(picture.height, 900)))


if __name__ == "__main__":
    main()
