"""People and groups of include/recipients: who is meant by a name, and what is wrong with the files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from audience.crowd import recipients
from scheduled_reports.audience.directory import Directory
from scheduled_reports.audience.file import Person
from scheduled_reports.audience.load import directory_of


def wrong(folder: Path) -> list[str]:
    return [
        str(problem).removeprefix(f"{problem.path.parent}/") for problem in directory_of(folder / "include").problems
    ]


def test_a_group_is_everybody_in_it_and_in_its_groups_each_once(tmp_path: Path) -> None:
    recipients(tmp_path)
    directory = directory_of(tmp_path / "include")

    assert directory.problems == ()
    assert [(member.id, member.through) for member in directory.members("sales")] == [
        ("ann", ("sales",)), ("ben", ("sales", "field_sales")), ("cleo", ("sales", "field_sales")),
    ]  # fmt: skip
    assert [member.through for member in directory.members("ann")] == [()]


def test_names_are_shared_by_all_files(tmp_path: Path) -> None:
    recipients(tmp_path)
    recipients(tmp_path, "groups: {everybody: [sales, dora]}\npeople: {dora: {address: d@x.example}}\n", "more.yaml")

    found = directory_of(tmp_path / "include")

    assert [member.id for member in found.members("everybody")] == ["ann", "ben", "cleo", "dora"]
    assert found.files_of("everybody") == {
        tmp_path / "include/recipients" / name for name in ("more.yaml", "northwind.yaml")
    }


def test_a_changed_a_new_and_a_removed_file_count_at_once_and_an_unchanged_one_is_not_read_again(
    tmp_path: Path,
) -> None:
    path = recipients(tmp_path)
    include = tmp_path / "include"
    first = directory_of(include)
    assert directory_of(include) is first

    path.write_text("people: {zoe: {address: zoe@northwind.example}}\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert set(directory_of(include).people) == {"zoe"}
    other = recipients(tmp_path, "people: {yan: {address: yan@northwind.example}}\n", "other.yaml")
    assert set(directory_of(include).people) == {"zoe", "yan"}
    other.unlink()
    assert set(directory_of(include).people) == {"zoe"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("people: {ann: {name: Ann}}\n", "1:10: the key 'address' is missing in people.ann; add it"),
        ("people: {ann: {address: \"ann@x.example\\nBcc: eve@x.example\"}}\n",
         "1:25: people.ann.address: 'ann@x.example\\nBcc: eve@x.example' is not an e-mail address; write name@host"),
        ("people: {ann: {address: \"ann@x.example\\u2028\"}}\n", "is not an e-mail address"),
        ("people: {ann: {address: ann@x.example, timezone: Europe/Berln}}\n",
         "1:50: people.ann.timezone: unknown time zone 'Europe/Berln'; write an IANA name"),
        ("people: {ann: {address: ann@x.example, language: xx}}\n", "people.ann.language: there is no locale 'xx'"),
        ("people: {ann: {address: ann@x.example, adress: b}}\n",
         "1:40: unknown key 'adress' in people.ann; did you mean 'address'?"),
        ("people: {ann: {address: a@x.example, quiet_hours: {from: '20:00', to: '20:00'}}}\n",
         "people.ann.quiet_hours: it begins when it ends"),
        ("people: {Ann: {address: a@x.example}}\n", "1:10: people: 'Ann' is not a name; write lower-case letters"),
        ("groups: {sales: []}\n", "1:17: groups.sales is empty; give it at least one entry"),
        ("groups: {sales: [ana]}\npeople: {ann: {address: ann@x.example}}\n",
         "1:18: groups.sales[1]: there is no person or group 'ana'; did you mean 'ann'? (allowed: ann, sales)"),
        ("groups: {a: [b], b: [c], c: [a]}\n",
         "1:30: groups.c[1]: the group 'a' contains itself: a → b → c → a; leave one of them out"),
        ("groups: {a: [a]}\n", "1:14: groups.a[1]: the group 'a' contains itself: a → a; leave one of them out"),
        ("people: {ann: {address: a@x.example}}\ngroups: {ann: [ann]}\n",
         "2:10: groups.ann: 'ann' is already a person of this file; give each a name of its own"),
        ("persons: {}\n", "1:1: unknown key 'persons' in the file of recipients; allowed: groups, people"),
        ("[]\n", "1:1: holds no recipients; write its `people:` and its `groups:`"),
        ("people: [ann\n", "is not valid YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    recipients(tmp_path, text)

    assert any(told in line for line in wrong(tmp_path)), wrong(tmp_path)


def test_a_name_in_two_files_is_told_at_the_second_with_the_place_of_the_first(tmp_path: Path) -> None:
    recipients(tmp_path)
    recipients(tmp_path, "groups: {ann: [ben]}\n", "zz.yaml")

    assert wrong(tmp_path) == [
        "zz.yaml:1:10: groups.ann: 'ann' is already a person in northwind.yaml:2; give each a name of its own"
    ]


def test_a_file_that_would_not_be_read_is_told(tmp_path: Path) -> None:
    recipients(tmp_path, name="northwind.yml")

    assert wrong(tmp_path) == [
        "northwind.yml:1:1: files of recipients end in .yaml, not in .yml; rename it to northwind.yaml"
    ]


def test_what_is_wrong_with_one_person_is_not_wrong_with_another(tmp_path: Path) -> None:
    recipients(tmp_path, "people: {ann: {address: ann@x.example}, ben: {}}\ngroups: {one: [ann], both: [one, ben]}\n")
    directory = directory_of(tmp_path / "include")

    assert directory.faults_of("one") == []
    assert [problem.message for problem in directory.faults_of("both")] == [
        "the key 'address' is missing in people.ben"
    ]


NAMES = [f"g{number}" for number in range(6)]
GROUPS = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from([*NAMES, "p0", "p1", "p2"]), min_size=1, max_size=5), max_size=6
)


@given(GROUPS)
def test_any_nesting_ends_and_names_each_person_once(groups: Mapping[str, list[str]]) -> None:
    people = {name: Person(address=f"{name}@x.example") for name in ("p0", "p1", "p2")}
    directory = Directory(people, {name: tuple(members) for name, members in groups.items()})

    def reach(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        if name in people:
            return {name}
        return set().union(*(reach(one, seen | {name}) for one in groups.get(name, ()) if one not in seen | {name}))

    for name in groups:
        found = [member.id for member in directory.members(name)]
        assert len(found) == len(set(found))
        assert set(found) == reach(name)


@given(GROUPS)
def test_a_file_of_any_groups_is_told_to_have_a_circle_exactly_where_it_has_one(
    tmp_path_factory: pytest.TempPathFactory, groups: Mapping[str, list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("groups")
    recipients(folder, yaml.safe_dump({"groups": groups}))

    def circular(name: str, trail: tuple[str, ...] = ()) -> bool:
        return name in trail or any(circular(one, (*trail, name)) for one in groups.get(name, ()))

    told = any("contains itself" in line for line in wrong(folder))
    assert told == any(circular(name) for name in groups)


def test_a_chain_of_three_thousand_groups_is_followed_to_its_end(tmp_path: Path) -> None:
    chain = {f"g{number}": [f"g{number + 1}"] for number in range(3000)} | {"g3000": ["ann"]}
    recipients(tmp_path, yaml.safe_dump({"groups": chain, "people": {"ann": {"address": "ann@x.example"}}}))

    assert [member.id for member in directory_of(tmp_path / "include").members("g0")] == ["ann"]
