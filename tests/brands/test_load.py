"""A brand's file says what is wrong with it, and where."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from brand_files import BRAND, SVG, pixels, problems, write_brand
from scheduled_reports.brands import HOUSE, BrandError, brand_files, brand_for, brand_of, brand_problems
from scheduled_reports.brands.fonts import FONTS, INTER
from scheduled_reports.errors import SettingError
from session import ROOT

SETTING = "AIRFLOW__SCHEDULED_REPORTS__BRAND"

TOO_LIGHT = (
    "acme.yaml:3:11: colors.accent: accent #ffcc00 on paper #ffffff has a contrast of 1.51:1, and it needs 4.5:1; the "
    "nearest shade that passes is '#907200'"
)


def test_an_accent_is_enough(tmp_path: Path) -> None:
    write_brand(tmp_path)

    brand = brand_of("acme", tmp_path / "include")

    assert (brand.key, brand.name, brand.logo, brand.paper, brand.fonts) == ("acme", "Acme", None, "A4", INTER)
    assert brand.colors["accent"] == brand.series[0] == "#7a1f5c"
    assert brand.colors.keys() == HOUSE.colors.keys()
    assert len(brand.digest) == 64


def test_everything_can_be_said(tmp_path: Path) -> None:
    text = BRAND + (
        "logo: logo.svg\npage: Letter\nfooter: Acme Inc · internal\nsender_name: Acme Reports\n"
        "website: https://acme.example\ndark: {accent: '#f0a0d0'}\ndescription: Ours.\n"
    )
    write_brand(tmp_path, text, logo_svg=SVG)

    brand = brand_of("acme", tmp_path / "include")

    assert brand.logo is not None
    assert (brand.logo.media_type, brand.logo.width, brand.logo.height) == ("image/svg+xml", 120, 40)
    assert (brand.paper, brand.footer, brand.sender_name) == ("Letter", "Acme Inc · internal", "Acme Reports")
    assert (brand.website, brand.dark["accent"]) == ("https://acme.example", "#f0a0d0")


@pytest.mark.parametrize("name", ["northwind", "alder"])
def test_the_brands_that_ship_are_good(name: str) -> None:
    brand = brand_of(name, ROOT / "include")

    assert brand.logo is not None
    assert brand.footer
    assert brand.sender_name
    assert brand_problems(ROOT / "include") == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: Acme\n", "", "acme.yaml:1:1: the key 'name' is missing in the brand; add it"),
        ("name:", "nam:", "unknown key 'nam' in the brand; did you mean 'name'?"),
        ('"#7a1f5c"', "#7a1f5c", "3:10: colors.accent: it is empty, as # begins a comment in YAML"),
        ('"#7a1f5c"', '"7a1f5c"', "3:11: colors.accent: '7a1f5c' is not a colour; write red, green and blue"),
        ('"#7a1f5c"', "123456", "colors.accent: 123456 is not a colour"),
        ("accent", "acent", "did you mean 'accent'?"),
        ('"#7a1f5c"', '"#ffcc00"', TOO_LIGHT),
        ("colors:\n", "colors:\n  paper: '#808080'\n", "3:10: colors.paper: #808080 is not light paper: #000000 on it"),
        ("name: Acme\n", "name: Acme\ndark: {paper: '#808080'}\n", "2:15: dark.paper: #808080 is not dark paper"),
        ("name: Acme\n", "name: Acme\ndark: {bad: '#800000'}\n", "2:13: dark.bad: bad #800000 on paper"),
        ("name: Acme\n", "name: Acme\nseries: ['#000000']\n", "2:9: series: it has 1 of the 6 to 12 colours"),
        ("name: Acme\n", "name: Acme\nseries: ['#0b5c7a', '#c68618', '#0c5d7b', '#8c0b49', '#0ea687', '#b74c0b']\n",
         "2:32: series[3]: #0b5c7a and #0c5d7b look alike with"),
        ("name: Acme\n", "name: Acme\npage: A5\n", "2:7: page: 'A5' is not allowed"),
        ("name: Acme\n", "name: Acme\nsender_name: \"Acme\\nBcc: eve@example.com\"\n", "is not one line of text"),
        ("name: Acme\n", "name: Acme\nwebsite: javascript:alert(1)\n", "is not a website; write it with https://"),
        ("name: Acme\n", "name: Acme\nlogo: ../secret.png\n", "logo: '../secret.png' is not a file beside this one"),
        ("name: Acme\n", 'name: Acme\nlogo: "a\\0.png"\n', "is not a file beside this one"),
        ("name: Acme\n", f"name: Acme\nlogo: {'a' * 300}.png\n", "is not a file beside this one"),
        ("name: Acme\n", "name: Acme\nlogo: /etc/logo.png\n", "is not a file beside this one"),
        ("name: Acme\n", "name: Acme\nlogo: logo.gif\n", "is of no kind that can be used; allowed: svg, png"),
        ("name: Acme\n", "name: Acme\nlogo: logo.png\n", "2:7: logo: 'logo.png' is not in"),
        ("name: Acme\n", "name: Acme\nfonts: {family: Inter, bold: a.ttf}\n", "'Inter' ships with this package"),
        ("name: Acme\n", "name: Acme\nfonts: {family: Lato}\n", "the font 'Lato' needs its files regular and bold"),
        ("name: Acme\n", "name: Acme\nfonts: {family: Lato, regular: a.ttf, bold: b.ttf}\n",
         "2:32: fonts.regular: 'a.ttf' is not in"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    found = problems(tmp_path, BRAND.replace(old, new, 1))

    assert any(told in problem for problem in found), found


@pytest.mark.parametrize(
    ("text", "told"), [("", "is not a brand"), ("- 1", "is not a brand"), ("a: [", "not valid YAML")]
)
def test_what_is_no_brand_at_all_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in problems(tmp_path, text)[0]


def test_a_brand_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    write_brand(tmp_path)

    with pytest.raises(BrandError, match="there is no brand 'acne'; did you mean 'acme'"):
        brand_of("acne", tmp_path / "include")
    with pytest.raises(BrandError, match=r"there is no brand '\.\./acme'"):
        brand_of("../acme", tmp_path / "include")


def test_the_error_of_a_broken_brand_travels_to_another_process(tmp_path: Path) -> None:
    write_brand(tmp_path, "name: Acme\n")
    with pytest.raises(BrandError) as caught:
        brand_of("acme", tmp_path / "include")

    copy = pickle.loads(pickle.dumps(caught.value))

    assert (str(copy), copy.problems) == (str(caught.value), caught.value.problems)
    assert "the brand 'acme' cannot be used" in str(copy)


@pytest.mark.parametrize(
    ("name", "told"),
    [("acme.yml", "brands end in .yaml"), ("Acme-North.yaml", "cannot be a brand's name"), ("house.yaml", "built in")],
)
def test_a_file_that_no_spec_can_name_is_told(tmp_path: Path, name: str, told: str) -> None:
    write_brand(tmp_path).rename(tmp_path / "include" / "brands" / name)

    assert told in str(brand_problems(tmp_path / "include")[0])


def test_a_brand_is_read_again_only_when_one_of_its_files_changed(tmp_path: Path) -> None:
    path = write_brand(tmp_path, BRAND + "logo: logo.png\n", logo_png=pixels(60, 20))
    first = brand_of("acme", tmp_path / "include")
    assert brand_of("acme", tmp_path / "include") is first

    (path.parent / "logo.png").write_bytes(pixels(80, 20))
    os.utime(path.parent / "logo.png", ns=(1, 1))
    second = brand_of("acme", tmp_path / "include")

    assert second.logo is not None
    assert second.logo.width == 80
    assert (second.key, second == first) == ("acme", False)


def test_a_logo_that_is_put_there_later_is_found(tmp_path: Path) -> None:
    text = BRAND + "logo: logo.svg\n"
    assert problems(tmp_path, text)

    assert problems(tmp_path, text, logo_svg=SVG) == []


def test_a_file_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.svg").write_text(SVG, encoding="utf-8")
    path = write_brand(tmp_path, BRAND + "logo: logo.svg\n")
    (path.parent / "logo.svg").symlink_to(tmp_path / "elsewhere.svg")

    assert "is a link that leads out of" in str(brand_problems(tmp_path / "include")[0])


def test_fonts_beside_the_brand_are_taken_and_bold_stands_for_a_missing_semibold(tmp_path: Path) -> None:
    text = BRAND + "fonts: {family: Sample, regular: fonts/regular.ttf, bold: fonts/bold.ttf}\n"
    path = write_brand(tmp_path, text)
    (path.parent / "fonts").mkdir()
    for name, of in (("regular", "Regular"), ("bold", "Bold")):
        renamed(FONTS / f"Inter-{of}.ttf", "Sample", path.parent / "fonts" / f"{name}.ttf")

    brand = brand_of("acme", tmp_path / "include")

    assert brand.font == brand.font_stack[0] == "Sample"
    assert [(font.weight, font.path.name) for font in brand.fonts] == [
        (400, "regular.ttf"), (600, "bold.ttf"), (700, "bold.ttf")
    ]  # fmt: skip
    assert {file.name for file in brand_files("acme", tmp_path / "include")} == {"acme.yaml", "regular.ttf", "bold.ttf"}


def test_a_font_of_another_family_is_told_where_it_is_named(tmp_path: Path) -> None:
    text = BRAND + "fonts: {family: Lato, regular: inter.ttf, bold: inter.ttf}\n"

    found = problems(tmp_path, text, inter_ttf=(FONTS / "Inter-Regular.ttf").read_bytes())

    assert found[0].startswith(
        "acme.yaml:4:32: fonts.regular: 'inter.ttf' is a font of the family 'Inter', not of 'Lato'"
    )
    assert len(found) == 2


def test_without_a_name_it_is_the_built_in_brand(tmp_path: Path) -> None:
    assert brand_of(None, tmp_path) is HOUSE
    assert brand_of("house", tmp_path) is HOUSE
    assert brand_files("house", tmp_path) == ()


def test_a_deployment_has_a_brand_for_specs_that_name_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_brand(tmp_path)
    include = tmp_path / "include"
    assert brand_for(None, include) is HOUSE

    monkeypatch.setenv(SETTING, "acme")

    assert brand_for(None, include).key == "acme"
    assert brand_for("house", include) is HOUSE


def test_a_deployment_s_brand_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_brand(tmp_path)
    monkeypatch.setenv(SETTING, "acne")

    with pytest.raises(SettingError, match=r"brand is 'acne'.*\n.*did you mean 'acme'"):
        brand_for(None, tmp_path / "include")
    assert "which the setting `brand` names; did you mean 'acme'" in str(brand_problems(tmp_path / "include")[0])


def renamed(font: Path, family: str, target: Path) -> None:
    """Write a copy of a font under another family's name."""
    from fontTools.ttLib import TTFont

    copy = TTFont(font)
    for record in copy["name"].names:
        if record.nameID in {1, 16}:
            record.string = family
    copy.save(target)
