"""Brand files for tests."""

from __future__ import annotations

import io
from pathlib import Path

from scheduled_reports.brands import brand_problems

BRAND = """\
name: Acme
colors:
  accent: "#7a1f5c"
"""

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40"/></svg>'


def write_brand(folder: Path, text: str = BRAND, name: str = "acme", **beside: bytes | str) -> Path:
    """Write a brand below `folder`/include/brands, and files beside it (`logo_svg` is logo.svg); return its path."""
    path = folder / "include" / "brands" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    for key, content in beside.items():
        stem, _, suffix = key.rpartition("_")
        target = path.parent / f"{stem}.{suffix}"
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problems(folder: Path, text: str = BRAND, **beside: bytes | str) -> list[str]:
    """Return what `reports check` tells of a brand, each beginning with its file's name."""
    write_brand(folder, text, **beside)
    start = f"{folder / 'include' / 'brands'}/"
    return [str(problem).replace(start, "") for problem in brand_problems(folder / "include")]


def pixels(width: int, height: int, kind: str = "PNG") -> bytes:
    """Return a picture of one colour."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (width, height), "#0b5c7a").save(target, kind)
    return target.getvalue()
