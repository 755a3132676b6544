"""What a spec may say of its recipients, and what is wrong with it where it names nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audience.crowd import PEOPLE, problems, recipients, valid
from scheduled_reports.audience import Copy, Recipient, RunAudience, once
from scheduled_reports.audience.domains import mailbox
from scheduled_reports.spec.load import Report
from specs import SALES


def who(report: Report) -> list[tuple[str, str]]:
    found = report.spec.deliver[0].recipients(RunAudience({}, report.include))
    return [(str(one.copy), one.address) for one in found]


def test_people_groups_and_addresses_are_named_side_by_side(tmp_path: Path) -> None:
    recipients(tmp_path)
    found = who(valid(tmp_path, "[field_sales, eve@northwind.example, ann]"))

    assert found == [("to", "ben@northwind.example"), ("to", "Cleo@Northwind.example"), ("to", "eve@northwind.example"),
                     ("to", "ann@northwind.example")]  # fmt: skip


def test_everybody_gets_one_copy_as_to_before_cc_before_bcc(tmp_path: Path) -> None:
    recipients(tmp_path)
    hidden = "[BOSS@northwind.example, cleo@northwind.example, dora@northwind.example]"
    report = valid(tmp_path, f"ann\n    cc: [sales, boss@northwind.example]\n    bcc: {hidden}")

    assert who(report) == [
        ("to", "ann@northwind.example"), ("cc", "ben@northwind.example"), ("cc", "Cleo@Northwind.example"),
        ("cc", "boss@northwind.example"), ("bcc", "dora@northwind.example"),
    ]  # fmt: skip


def test_who_is_named_as_a_person_and_by_their_address_is_the_person(tmp_path: Path) -> None:
    recipients(tmp_path)
    report = valid(tmp_path, "[ANN@northwind.example, sales]")

    (found, *_) = report.spec.deliver[0].recipients(RunAudience({}, report.include))
    assert (found.person, found.name, found.role, found.language, found.timezone) == (
        "ann", "Ann Smith", "manager", "de", "Asia/Tokyo",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ("[]", "sales.yaml:30:9: deliver[1].to is empty; give it at least one entry"),
        ("[field_sale]", "30:10: deliver[1].to[1]: there is no person or group 'field_sale'; did you mean"),
        ("nobody", "sales.yaml:30:9: deliver[1].to: there is no person or group 'nobody'; allowed: ann, ben"),
        ("['Field Sales']", "sales.yaml:30:10: deliver[1].to[1]: 'Field Sales' is neither an address nor a name"),
        ('["ann@x.example\\nBcc: eve@x.example"]', "30:10: deliver[1].to[1]: 'ann@x.example\\nBcc: eve"),
        ('["ann\\n"]', "sales.yaml:30:10: deliver[1].to[1]: 'ann\\n' is neither an address nor a name"),
        ("[3]", "sales.yaml:30:10: deliver[1].to[1]: 3 is not text"),
        ("ann\n    cc: [nobody]", "sales.yaml:31:10: deliver[1].cc[1]: there is no person or group 'nobody'"),
        ("{table: order, address: a}", "30:17: deliver[1].to.table: there is no source or dataset 'order'"),
        ("[{table: orders}]", "sales.yaml:30:10: the key 'address' is missing in deliver[1].to[1]; add it"),
        ("[{table: orders, address: a, adress: b}]", "30:38: unknown key 'adress' in deliver[1].to[1]; did you mean"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_in_the_spec(tmp_path: Path, entries: str, told: str) -> None:
    recipients(tmp_path)

    found = problems(tmp_path, entries)
    assert any(told in line for line in found), found


def test_what_is_wrong_in_a_group_breaks_only_the_specs_that_need_it(tmp_path: Path) -> None:
    recipients(tmp_path, PEOPLE.replace("[ben, cleo]", "[ben, sales]").replace("sales: [ann", "sales: [ana"))

    assert valid(tmp_path, "[ben]")
    unknown, circle = problems(tmp_path, "[sales]")
    assert unknown.startswith(
        "sales.yaml:30:10: deliver[1].to[1]: northwind.yaml:7:11: groups.sales[1]: there is no person or group 'ana'; "
    )
    assert circle.startswith("sales.yaml:30:10: deliver[1].to[1]: northwind.yaml:7:16: groups.sales[2]: the group")
    assert circle.endswith("contains itself: field_sales → sales → field_sales; leave one of them out")


def test_a_file_that_cannot_be_read_is_told_where_a_name_is_missing(tmp_path: Path) -> None:
    recipients(tmp_path, "people: [\n")

    assert any("northwind.yaml:2:1: is not valid YAML" in line for line in problems(tmp_path, "[ann]"))
    assert valid(tmp_path, "[ann@northwind.example]")


def test_a_language_without_texts_is_told(tmp_path: Path) -> None:
    recipients(tmp_path, "people: {ann: {address: ann@x.example, language: fr}}\n")

    (told,) = problems(tmp_path, "[ann]")
    assert "deliver[1].to[1]: ann: there are no texts in the language 'fr'" in told


def test_a_change_of_its_recipients_is_another_version_of_the_report(tmp_path: Path) -> None:
    recipients(tmp_path)
    before = valid(tmp_path, "[sales]").digest
    recipients(tmp_path, "people: {dora: {address: d@x.example}}\n", "others.yaml")
    assert valid(tmp_path, "[sales]").digest == before
    recipients(tmp_path, PEOPLE.replace("ben@", "benjamin@"))

    assert valid(tmp_path, "[sales]").digest != before


def test_an_address_that_a_mask_hides_reaches_nobody_and_is_told(tmp_path: Path) -> None:
    masked = SALES.replace("datasets:\n", "    columns: {customer: {mask: hash}}\ndatasets:\n", 1)

    (told,) = problems(tmp_path, "{table: orders, address: customer}", masked)
    assert told.startswith("sales.yaml:31:34: deliver[1].to.address: the column 'customer' of 'orders' is masked")


ADDRESSES = st.sampled_from(["ann@x.example", "ANN@X.example", "ben@x.example", "Ben@x.EXAMPLE", "cleo@bücher.example",
                             "cleo@xn--bcher-kva.example"])  # fmt: skip
SOMEBODY = st.builds(Recipient, ADDRESSES, copy=st.sampled_from(Copy), person=st.sampled_from(["", "p"]))


@given(st.lists(SOMEBODY, max_size=12))
def test_any_audience_names_each_mailbox_once_in_its_foremost_part(given_: list[Recipient]) -> None:
    order = list(Copy)
    found = once(given_)

    assert [mailbox(one.address) for one in found] == list(dict.fromkeys(mailbox(one.address) for one in given_))
    for one in found:
        same = [other for other in given_ if mailbox(other.address) == mailbox(one.address)]
        assert order.index(one.copy) == min(order.index(other.copy) for other in same)
        assert bool(one.person) == any(other.person for other in same if other.copy is one.copy)
    assert once(found) == found
