"""The JSON Schema that editors use says what the models say."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from scheduled_reports.audience.load import directory_of
from scheduled_reports.spec.schema import schema_text
from scheduled_reports.spec.yaml import read
from specs import SALES, write

ROOT = Path(__file__).parents[2]


def test_the_schema_in_the_repository_is_the_one_the_models_make() -> None:
    committed = (ROOT / "report_specs" / "report.schema.json").read_text(encoding="utf-8")

    assert committed == schema_text(directory_of(ROOT / "include").files), "run: .venv/bin/reports schema"


@pytest.mark.parametrize("path", sorted((ROOT / "report_specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_sample_spec_fits_the_schema_and_names_it(path: Path) -> None:
    source, _ = read(path)

    jsonschema.validate(source.data, json.loads(schema_text()))
    assert path.read_text(encoding="utf-8").splitlines()[0] == ("# yaml-language-server: $schema=report.schema.json")


def test_the_schema_refuses_what_the_models_refuse(tmp_path: Path) -> None:
    source, _ = read(write(tmp_path, SALES.replace("title:", "titel:")))

    with pytest.raises(jsonschema.ValidationError, match="titel"):
        jsonschema.validate(source.data, json.loads(schema_text()))


USING = SALES.replace("content:\n", "content:\n  - {use: header, with: {dataset: totals}}\n").replace(
    "datasets:\n", "datasets:\n  others: {use: others, with: {a: 1}, description: Others.}\n"
)
EXTENDING = """\
extends: standard
with: {site: Berlin, to: [ann@northwind.example]}
title: null
run_when: null
parameters: {top: {default: 5}}
sources: {orders: {timezone: Europe/Berlin}, more: null}
datasets: {totals: {use: totals}}
content: [{use: header}]
"""


@pytest.mark.parametrize("text", [USING, EXTENDING, "extends: standard\n"])
def test_the_schema_takes_a_spec_that_is_put_together_from_others(tmp_path: Path, text: str) -> None:
    source, problems = read(write(tmp_path, text))

    assert problems == []
    jsonschema.validate(source.data, json.loads(schema_text()))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SALES.replace("owner: owner@northwind.example\n", ""), "'owner' is a required property"),
        (SALES.replace("title: Sales", "title: null"), "None is not of type 'string'"),
        (USING.replace("use: others", "use: 3"), "3 is not of type 'string'"),
        (USING.replace("{dataset: totals}", "3"), "3 is not of type 'object'"),
        (USING.replace("use: header", "use: header, title: x"), "'title' was unexpected"),
        (EXTENDING.replace("title:", "titel:"), "'titel' was unexpected"),
        (EXTENDING.replace("extends: standard", "extends: [standard]"), "is not of type 'string'"),
        (
            EXTENDING.replace("[{use: header}]", "[{use: header, titel: x}]"),
            "'titel' was unexpected",
        ),
    ],
)
def test_the_schema_refuses_what_cannot_be_put_together(tmp_path: Path, text: str, named: str) -> None:
    source, _ = read(write(tmp_path, text))

    with pytest.raises(jsonschema.ValidationError, match=re.escape(named)):
        jsonschema.validate(source.data, json.loads(schema_text()))


def test_every_field_that_an_author_may_write_is_described() -> None:
    definitions = json.loads(schema_text())
    models = {"ReportSpec": definitions, **definitions["$defs"]}
    bare = [
        f"{name}.{field}"
        for name, model in models.items()
        for field, facts in model.get("properties", {}).items()
        if field != "type" and not facts.get("description")
    ]

    assert bare == []
