"""A report has everybody's edition, and one for each role that masks treat differently."""

from __future__ import annotations

from pathlib import Path

import pytest

from people import PEOPLE, people
from scheduled_reports.editions import EVERYBODY, Edition, applied, edition_of, editions
from scheduled_reports.spec.load import Report, load
from specs import write


def report(folder: Path, text: str) -> Report:
    loaded = load(write(folder, text), folder / "include")
    assert isinstance(loaded, Report), [str(problem) for problem in loaded.problems]
    return loaded


@pytest.mark.parametrize(
    ("columns", "roles"),
    [
        ("email: {mask: hash}", [None]),
        ("email: {mask: {default: hash, auditor: hash}}", [None]),
        ("email: {mask: {default: hash, auditor: keep}}", [None, "auditor"]),
        ("email: {mask: {default: {type: partial}, auditor: {type: partial, keep_last: 2}}}", [None, "auditor"]),
        ("email: {sensitive: true}", [None]),
    ],
)
def test_a_role_has_an_edition_where_its_masks_differ(tmp_path: Path, columns: str, roles: list[str | None]) -> None:
    sql = "SELECT name, phone, born, income FROM people"
    text = people(f"{columns}\n").replace("SELECT name, email AS contact, phone, born, income FROM people", sql)

    found = report(tmp_path, text)

    assert [edition.role for edition in editions(found)] == roles
    assert [edition_of(found.spec, channel).role for channel in found.spec.deliver] == [None, roles[-1]]


def test_a_role_that_may_see_what_others_must_not_has_its_own_files(tmp_path: Path) -> None:
    found = report(
        tmp_path, people("email: {sensitive: true, mask: {auditor: keep}}\n").replace("email AS contact, ", "")
    )

    assert editions(found) == (EVERYBODY, Edition("auditor"))
    assert applied(found) == {
        "default": {"people.email": {"sensitive": True}},
        "auditor": {"people.email": {"type": "keep"}},
    }


def test_where_an_edition_lies() -> None:
    assert [EVERYBODY.data, EVERYBODY.files, str(EVERYBODY)] == ["data", "files", "everybody"]
    auditor = Edition("auditor")
    assert [auditor.data, auditor.files, str(auditor)] == ["roles/auditor", "files/auditor", "role 'auditor'"]


def test_a_spec_without_masks_has_one_edition(tmp_path: Path) -> None:
    assert editions(report(tmp_path, PEOPLE)) == (EVERYBODY,)
