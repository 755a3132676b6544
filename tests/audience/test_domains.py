"""Reports are mailed to the domains that their tenant allows, and to no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from audience.crowd import PEOPLE, problems, recipients, valid
from scheduled_reports.audience.domains import domain, is_in
from scheduled_reports.brands import brand_problems
from specs import SALES

BRAND = "name: Acme\ncolors: {accent: '#1d3f8f'}\nallowed_domains: [northwind.example, '*.northwind.example']\n"
BRANDED = SALES.replace("title: Sales\n", "title: Sales\nbrand: acme\n")
SETTING = "AIRFLOW__SCHEDULED_REPORTS__ALLOWED_DOMAINS"


def brand(folder: Path, text: str = BRAND) -> None:
    path = folder / "include" / "brands" / "acme.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "domains", "inside"),
    [
        ("ann@northwind.example", ["northwind.example"], True),
        ("Ann@NORTHWIND.Example", ["northwind.example"], True),
        ("ann@mail.northwind.example", ["northwind.example"], False),
        ("ann@mail.northwind.example", ["*.northwind.example"], True),
        ("ann@a.b.northwind.example", ["*.northwind.example"], True),
        ("ann@northwind.example", ["*.northwind.example"], False),
        ("ann@evilnorthwind.example", ["northwind.example", "*.northwind.example"], False),
        ("ann@northwind.example.evil.example", ["northwind.example", "*.northwind.example"], False),
        ("ann@bücher.example", ["xn--bcher-kva.example"], True),
        ("ann@xn--bcher-kva.example", ["BÜCHER.example"], True),
        ("ann@mail.bücher.example", ["*.bücher.example"], True),
        ("ann@nоrthwind.example", ["northwind.example"], False),
        ('"ann@northwind.example"@evil.example', ["northwind.example"], False),
        ("ann@[127.0.0.1]", ["northwind.example"], False),
    ],
)
def test_a_domain_counts_whatever_its_spelling_and_those_below_it_only_with_a_star(
    address: str, domains: list[str], inside: bool
) -> None:
    assert is_in(address, [domain(one) for one in domains]) is inside


NO_DOMAINS = ["", "*", "*.", "@x.example", "north wind.example", "a.*.example", "a..b", "https://x.example", "a.b\nc.d"]


@pytest.mark.parametrize("text", NO_DOMAINS)
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a domain; write northwind"):
        domain(text)


def test_an_address_and_a_person_outside_of_the_brands_domains_are_told_with_their_place(tmp_path: Path) -> None:
    brand(tmp_path)
    recipients(tmp_path, PEOPLE.replace("ben@northwind.example", "ben@partner.example"))

    assert valid(tmp_path, "[ann, cleo, eve@mail.northwind.example]", BRANDED)
    outside = "is outside of the domains that the brand 'acme' allows: northwind.example, *.northwind.example"
    hint = "take them out, or allow their domain there"
    ben = "sales → field_sales → ben: 'ben@partner.example'"
    assert problems(tmp_path, "[sales, eve@elsewhere.example]", BRANDED) == [
        f"sales.yaml:31:10: deliver[1].to[1]: {ben} {outside}; {hint}",
        f"sales.yaml:31:17: deliver[1].to[2]: 'eve@elsewhere.example' {outside}; {hint}",
    ]


def test_the_setting_counts_where_the_brand_names_no_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brand(tmp_path)
    monkeypatch.setenv(SETTING, "Partner.example, *.partner.example")

    assert valid(tmp_path, "[eve@partner.example, eve@mail.partner.example]")
    assert valid(tmp_path, "[eve@northwind.example]", BRANDED)
    (told,) = problems(tmp_path, "[eve@northwind.example]")
    assert "'eve@northwind.example' is outside of the domains that the setting `allowed_domains` allows" in told


def test_the_owner_and_where_answers_go_may_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "partner.example")

    assert valid(tmp_path, "[eve@partner.example]\n    reply_to: help@elsewhere.example")


def test_a_setting_that_is_no_list_of_domains_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "north wind")

    (told,) = problems(tmp_path, "[eve@northwind.example]")
    assert "[scheduled_reports] allowed_domains is 'north wind': 'north wind' is not a domain" in told


def test_a_brand_whose_domains_are_none_is_told(tmp_path: Path) -> None:
    brand(tmp_path, BRAND.replace("'*.northwind.example'", "'*northwind.example'"))

    (told,) = brand_problems(tmp_path / "include")
    assert (told.line, told.column) == (3, 38)
    assert "'*northwind.example' is not a domain" in told.message
