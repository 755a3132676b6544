"""A spec names its brand, by itself or through a template that its tenant extends."""

from __future__ import annotations

from pathlib import Path

import pytest

from brand_files import BRAND, SVG, write_brand
from scheduled_reports.spec.load import BrokenReport, Report, load
from specs import SALES, write


def loaded(folder: Path, spec: str) -> Report | BrokenReport:
    return load(write(folder, spec), folder / "include")


def told(report: Report | BrokenReport) -> str:
    assert isinstance(report, BrokenReport)
    return "\n".join(map(str, report.problems))


def test_a_spec_names_its_brand(tmp_path: Path) -> None:
    write_brand(tmp_path)

    report = loaded(tmp_path, "brand: acme\n" + SALES)

    assert isinstance(report, Report), told(report)
    assert report.spec.brand == "acme"


def test_a_brand_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    write_brand(tmp_path)

    assert "sales.yaml:1:8: brand: there is no brand 'acne'; did you mean 'acme'?" in told(
        loaded(tmp_path, "brand: acne\n" + SALES)
    )


@pytest.mark.parametrize("name", ["../acme", "a" * 300, "Acme"])
def test_what_cannot_be_a_brand_s_name_is_told(tmp_path: Path, name: str) -> None:
    write_brand(tmp_path)

    assert f"sales.yaml:1:8: brand: there is no brand {name!r}" in told(loaded(tmp_path, f"brand: {name}\n{SALES}"))


def test_what_is_wrong_with_the_brand_is_told_with_its_place(tmp_path: Path) -> None:
    write_brand(tmp_path, BRAND.replace("#7a1f5c", "#ffcc00"))

    found = told(loaded(tmp_path, "brand: acme\n" + SALES))

    assert "sales.yaml:1:8: brand: acme.yaml:3:11: colors.accent: accent #ffcc00 on paper #ffffff" in found


def test_a_brand_s_files_are_part_of_the_digest(tmp_path: Path) -> None:
    spec = "brand: acme\n" + SALES
    path = write_brand(tmp_path, BRAND + "logo: logo.svg\n", logo_svg=SVG)
    first = loaded(tmp_path, spec)

    (path.parent / "logo.svg").write_text(SVG.replace("<rect", "<rect fill='#ff0000'"), encoding="utf-8")
    second = loaded(tmp_path, spec)

    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert first.digest != second.digest


@pytest.mark.parametrize("tenant", ["acme", "other"])
def test_a_tenant_gives_its_brand_to_the_template_that_its_spec_extends(tmp_path: Path, tenant: str) -> None:
    write_brand(tmp_path)
    write_brand(tmp_path, BRAND.replace("Acme", "Other"), "other")
    template = tmp_path / "include" / "templates" / "standard.yaml"
    template.parent.mkdir(parents=True)
    template.write_text(
        "needs: {tenant: }\nbrand: ${tenant}\n" + SALES.removeprefix("title: Sales\n"), encoding="utf-8"
    )

    report = loaded(tmp_path, f"extends: standard\nwith: {{tenant: {tenant}}}\ntitle: Sales\n")

    assert isinstance(report, Report), told(report)
    assert report.spec.brand == tenant


def test_a_template_s_brand_that_is_not_there_is_told_in_the_spec_that_names_it(tmp_path: Path) -> None:
    write_brand(tmp_path)
    template = tmp_path / "include" / "templates" / "standard.yaml"
    template.parent.mkdir(parents=True)
    template.write_text(
        "needs: {tenant: }\nbrand: ${tenant}\n" + SALES.removeprefix("title: Sales\n"), encoding="utf-8"
    )

    found = told(loaded(tmp_path, "extends: standard\nwith: {tenant: acne}\ntitle: Sales\n"))

    assert "brand: there is no brand 'acne'; did you mean 'acme'?" in found
