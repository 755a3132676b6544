"""Make a brand of what its file says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from scheduled_reports.brands.brand import Brand, Picture
from scheduled_reports.brands.file import BrandFile, Tones
from scheduled_reports.brands.font_files import FontError, check_font
from scheduled_reports.brands.fonts import INTER, FontFile
from scheduled_reports.brands.logo import LogoError, read_logo
from scheduled_reports.brands.palette import in_the_dark, on_paper, series_of
from scheduled_reports.brands.rules import contrast_findings, paper_findings, series_findings
from scheduled_reports.spec.marks import Finding
from scheduled_reports.spec.problems import Problem


@dataclass
class Parts:
    """What a brand is made of.

    Attributes:
        logo: Its picture.
        colors: Its colours on light paper.
        dark: Its colours on dark paper.
        series: The colours of its charts.
        findings: What is wrong in its YAML file, by the place in it.
        problems: What is wrong in its other files.
    """

    logo: Picture | None = None
    colors: dict[str, str] = field(default_factory=dict)
    dark: dict[str, str] = field(default_factory=dict)
    series: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def parts_of(file: BrandFile, path: Path) -> Parts:
    """Return what the brand in the file `path` is made of, and what is wrong with that."""
    light, dark = _given(file.colors), _given(file.dark)
    parts = Parts(findings=list(paper_findings(light, dark)))
    if not parts.findings:  # on a wrong paper, everything is wrong
        _add_colors(parts, file, light, dark)
    parts.findings += _font_findings(file, path.parent)
    if file.logo is not None:
        _add_logo(parts, path.parent, file.logo)
    return parts


def made(path: Path, file: BrandFile, parts: Parts) -> Brand:
    """Return the brand in the file `path`, with which nothing is wrong."""
    digest = hashlib.sha256()
    for part in (path, *file.beside(path.parent)):
        digest.update(part.read_bytes())
    return Brand(
        path.stem, file.name, parts.logo, MappingProxyType(parts.colors), MappingProxyType(parts.dark), parts.series,
        file.fonts.family, _fonts(file, path.parent), file.page, file.footer, file.sender_name, file.website or "",
        digest.hexdigest(), file.allowed_domains,
    )  # fmt: skip


def _add_colors(parts: Parts, file: BrandFile, light: dict[str, str], dark: dict[str, str]) -> None:
    parts.colors = on_paper(light)
    parts.dark = in_the_dark(parts.colors, dark)
    parts.findings += contrast_findings(parts.colors, light, "colors")
    parts.findings += contrast_findings(parts.dark, dark, "dark")
    paper = parts.colors["paper"]
    parts.series = file.series or series_of(parts.colors["accent"], paper)
    if file.series is not None:
        parts.findings += series_findings(file.series, paper)


def _given(tones: Tones) -> dict[str, str]:
    return {name: color for name, color in tones if color is not None}


def _add_logo(parts: Parts, folder: Path, name: str) -> None:
    if fault := _fault(folder, name):
        parts.findings.append((("logo",), f"{name!r} {fault}", "put it beside this file"))
        return
    try:
        parts.logo = read_logo(folder / name)
    except LogoError as error:
        if name.lower().endswith(".svg"):
            problem = Problem(
                folder / name, error.line, error.column, f"the logo cannot be used: {error.message}", error.hint
            )
            parts.problems.append(problem)
        else:
            parts.findings.append((("logo",), f"{name!r}: {error.message}", error.hint))


def _font_findings(file: BrandFile, folder: Path) -> Iterator[Finding]:
    for kind, name in file.fonts.files():
        if fault := _fault(folder, name):
            yield ("fonts", kind), f"{name!r} {fault}", "put it beside this file"
            continue
        try:
            check_font(folder / name, file.fonts.family)
        except FontError as error:
            yield ("fonts", kind), f"{name!r} {error.message}", error.hint


def _fault(folder: Path, name: str) -> str:
    """Return why a file beside a brand's cannot be used; nothing where it can."""
    path = folder / name
    if not path.is_file():
        return f"is not in {folder}"
    return "" if path.resolve().is_relative_to(folder.resolve()) else f"is a link that leads out of {folder}"


def _fonts(file: BrandFile, folder: Path) -> tuple[FontFile, ...]:
    """Return the fonts in their files; bold is semibold too where there is no semibold one."""
    paths = {kind: folder / name for kind, name in file.fonts.files()}
    if not paths:
        return INTER
    fonts = [FontFile("normal", 400, paths["regular"])]
    fonts.append(FontFile("normal", 600, paths.get("semibold", paths["bold"])))
    fonts.append(FontFile("normal", 700, paths["bold"]))
    return (*fonts, FontFile("italic", 400, paths["italic"])) if "italic" in paths else tuple(fonts)
