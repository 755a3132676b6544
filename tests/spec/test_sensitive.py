"""What would show a sensitive column is found: by loading where it is direct, by `reports check` through SQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from people import PEOPLE, people
from scheduled_reports.spec.load import BrokenReport, Report, load
from scheduled_reports.spec.sensitive import shown_surely
from specs import write

SENSITIVE = "email: {sensitive: true}\n"


def problems(folder: Path, text: str) -> list[str]:
    """Return what loading says, without the file's name and the hint."""
    loaded = load(write(folder, text, "people"), folder / "include")
    assert isinstance(loaded, BrokenReport)
    return [f"{entry.line}:{entry.column}: {entry.message}" for entry in loaded.problems]


def checked(folder: Path, text: str) -> list[str]:
    """Return what a check says beyond loading: place in the spec and message."""
    loaded = load(write(folder, text, "people"), folder / "include")
    assert isinstance(loaded, Report), [str(problem) for problem in loaded.problems]
    return [f"{loc[0]}[{loc[1]}]: {message}" for loc, message, _ in shown_surely(loaded)]  # type: ignore[misc]


def shows(what: str) -> str:
    return f"{what}; it is sensitive, and not masked for everybody"


def test_a_block_that_shows_a_sensitive_column_of_a_source_breaks_the_spec(tmp_path: Path) -> None:
    text = people(SENSITIVE).replace("Contacts, dataset: contacts", "Contacts, dataset: people")

    assert problems(tmp_path, text) == [shows("19:5: content[2]: shows 'email' of source 'people'")]


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("{type: csv, dataset: contacts}", "{type: csv, dataset: people}", "25:5: formats[5]"),
        ("{type: json, dataset: contacts}", "{type: json, dataset: people}", "24:5: formats[4]"),
        ("{type: table, title: Contacts, dataset: contacts}",
         "{type: table, dataset: people, columns: [{name: id}, {name: email}]}", "19:5: content[2]"),
        ("{type: table, title: Contacts, dataset: contacts}",
         "{type: chart, dataset: people, vega_lite: {mark: bar, encoding: {x: {field: id}}}}", "19:5: content[2]"),
        ("dataset: totals\n    items: [{label: People, value: people}",
         "dataset: people\n    items: [{label: People, value: email}", "16:5: content[1]"),
    ],
)  # fmt: skip
def test_every_way_to_show_a_column_counts(tmp_path: Path, before: str, after: str, place: str) -> None:
    assert before in PEOPLE

    (told,) = problems(tmp_path, people(SENSITIVE).replace(before, after))

    assert told == shows(f"{place}: shows 'email' of source 'people'")


@pytest.mark.parametrize(
    "columns",
    [
        "email: {sensitive: true, mask: hash}", "email: {sensitive: true, mask: drop}", "email: {mask: partial}",
        "email: {sensitive: true, mask: {default: 'null', auditor: keep}}", "email: {}",
    ],
)  # fmt: skip
def test_a_masked_column_may_be_shown_and_a_kept_one_to_its_role(tmp_path: Path, columns: str) -> None:
    text = people(columns).replace("dataset: contacts", "dataset: people")
    assert checked(tmp_path, text) == []


def test_a_table_that_names_other_columns_shows_nothing_sensitive(tmp_path: Path) -> None:
    table = "{type: table, dataset: people, columns: [{name: id}, {name: born}]}"
    text = people(SENSITIVE).replace("{type: table, title: Contacts, dataset: contacts}", table)

    assert checked(tmp_path, text.replace("email AS contact, ", "")) == []


def test_a_check_follows_a_column_through_datasets_and_other_names(tmp_path: Path) -> None:
    told = shows("shows 'contact', which is made of 'email' of source 'people' through dataset 'contacts'")

    assert checked(tmp_path, people(SENSITIVE)) == [f"content[1]: {told}", f"formats[3]: {told}", f"formats[4]: {told}"]


def test_the_whole_way_is_told(tmp_path: Path) -> None:
    more = "datasets:\n  best:\n    sql: SELECT upper(contact) AS who, income FROM contacts ORDER BY income LIMIT 3\n"
    text = people(SENSITIVE).replace("datasets:\n", more, 1).replace("dataset: contacts", "dataset: best")

    told = checked(tmp_path, text)

    assert told[0] == "content[1]: " + shows(
        "shows 'who', which is made of 'email' of source 'people' through datasets 'contacts' and 'best'"
    )


def test_what_only_counts_may_be_shown(tmp_path: Path) -> None:
    assert checked(tmp_path, people(SENSITIVE).replace("email AS contact, ", "")) == []


def test_what_a_check_cannot_be_sure_of_it_leaves_to_the_run(tmp_path: Path) -> None:
    sql = "SELECT COLUMNS('ema.*') FROM people"
    text = people(SENSITIVE).replace("SELECT name, email AS contact, phone, born, income FROM people ORDER BY id", sql)

    assert checked(tmp_path, text) == []


def test_a_role_is_judged_by_the_formats_that_it_gets(tmp_path: Path) -> None:
    text = people("email: {sensitive: true, mask: {default: hash, auditor: keep, clerk: keep}}\n")
    assert checked(tmp_path, text) == []

    text = people("email: {sensitive: true, mask: {auditor: keep}}\n")
    assert {told.rpartition(" for ")[2] for told in checked(tmp_path, text)} == {"everybody"}


def test_a_role_that_no_mask_knows_is_a_slip(tmp_path: Path) -> None:
    text = people().replace("role: auditor", "role: auditr")

    assert problems(tmp_path, text) == ["32:54: deliver[2].role: no mask names the role 'auditr'"]
    approval = "approval: {approvers: [{user: ana, email: ana@northwind.example, role: auditr}]}\n"
    [found] = problems(tmp_path, people() + approval)
    assert found.endswith("approval.approvers[1].role: no mask names the role 'auditr'")
    assert checked(tmp_path, people("email: {mask: hash}\n").replace("role: auditor", "role: whoever")) == []


@pytest.mark.parametrize(
    "place",
    [
        "type: sftp, connection: partner, path: 'out/{{ period.slug }}",
        "type: storage, path: 's3://lake@reports/out/{{ period.slug }}",
    ],
)
def test_two_roles_must_not_share_a_folder_for_a_file_of_one_name(tmp_path: Path, place: str) -> None:
    both = f"  - {{id: all, {place}', files: csv}}\n"
    both += f"  - {{id: aud, {place}/', files: csv, role: auditor}}\n"
    text = people()
    text = text[: text.index("  - {type: email, id: everybody")] + both + text[text.index("schedules:") :]

    (told,) = problems(tmp_path, text)

    assert "deliver[2].path: 'aud' replaces the files of 'all', which are another role's, by its own" in told
    assert checked(tmp_path, text.replace("/', files: csv, role", "/audit', files: csv, role")) == []
    assert checked(tmp_path, text.replace("id: all,", "id: all, role: auditor,")) == []


@pytest.mark.parametrize("word", ["default", "type"])
def test_words_that_masks_need_are_no_roles(tmp_path: Path, word: str) -> None:
    (told,) = problems(tmp_path, people().replace("role: auditor", f"role: {word}"))

    assert told.startswith(f"32:54: deliver[2].role: {word!r} is no role")


def test_loading_a_spec_with_masks_imports_nothing_heavy(tmp_path: Path) -> None:
    import subprocess
    import sys

    write(tmp_path, people(), "people")
    code = (
        "import sys; from pathlib import Path; from scheduled_reports.spec.load import load\n"
        f"print(type(load(Path({str(tmp_path)!r}) / 'report_specs' / 'people.yaml', Path('include'))).__name__)\n"
        "print(sorted({'pyarrow', 'duckdb', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)

    assert done.stdout.splitlines() == ["Report", "[]"]
