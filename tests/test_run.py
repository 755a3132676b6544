"""Of which of a report's runs one is, so that it is compared with its like."""

from dataclasses import replace
from pathlib import Path

from runs import run_of
from specs import SALES

TEXT = SALES.replace(
    "datasets:\n",
    "parameters:\n  region: {type: text, default: all}\n  since: {type: date, default: 2026-01-01}\ndatasets:\n",
)


def test_a_run_with_the_specs_own_parameters_is_a_usual_one_also_where_they_have_changed(tmp_path: Path) -> None:
    usual, changed = run_of(tmp_path, TEXT), run_of(tmp_path, TEXT.replace("default: all", "default: north"))

    assert usual.variant == changed.variant == ""
    assert replace(usual, parameters={}).variant == ""


def test_a_run_with_other_parameters_is_another_and_those_with_the_same_are_alike(tmp_path: Path) -> None:
    run = run_of(tmp_path, TEXT)
    north, south = (replace(run, parameters={**run.parameters, "region": name}) for name in ("north", "south"))

    assert len({run.variant, north.variant, south.variant}) == 3
    assert replace(north, run_id="again").variant == north.variant


def test_a_run_with_a_period_of_its_own_is_another(tmp_path: Path) -> None:
    run = run_of(tmp_path, TEXT)

    assert replace(run, own_period=True).variant not in {"", run.variant}


def test_templates_know_the_brand_and_one_that_cannot_be_read_is_the_built_in_one(tmp_path: Path) -> None:
    run = run_of(tmp_path, TEXT)
    words = {"name": "Acme", "sender_name": "Acme Reports", "footer": "Acme Ltd", "website": "https://acme.example"}
    file = run.include / "brands" / "acme.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{key}: {value}\n" for key, value in words.items()) + 'colors: {accent: "#1d3f8f"}\n')

    def words_with(brand: str | None) -> object:
        report = replace(run.report, spec=run.report.spec.model_copy(update={"brand": brand}))
        return replace(run, report=report).words["brand"]

    assert words_with("acme") == words
    nothing = dict.fromkeys(words, "")
    assert words_with(None) == words_with("gone") == nothing
    file.write_text("name: [\n")
    assert words_with("acme") == nothing


def test_templates_write_the_period_in_the_language_of_the_report(tmp_path: Path) -> None:
    german = TEXT.replace("title: ", "language: de\ntitle: ", 1)

    assert run_of(tmp_path, german).words["period"]["label"] == "Donnerstag, 1. Oktober 2026"
    assert run_of(tmp_path, TEXT).words["period"]["label"] == "Thursday, 1 October 2026"
