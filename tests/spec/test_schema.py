"""The JSON Schema that editors use says what the models say."""

import json
from pathlib import Path

import jsonschema
import pytest

from scheduled_reports.spec.schema import schema_text
from scheduled_reports.spec.yaml import read
from specs import SALES, write

ROOT = Path(__file__).parents[2]


def test_the_schema_in_the_repository_is_the_one_the_models_make() -> None:
    committed = (ROOT / "report_specs" / "report.schema.json").read_text(encoding="utf-8")

    assert committed == schema_text(), "run: .venv/bin/reports schema"


@pytest.mark.parametrize("path", sorted((ROOT / "report_specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_sample_spec_fits_the_schema_and_names_it(path: Path) -> None:
    source, _ = read(path)

    jsonschema.validate(source.data, json.loads(schema_text()))
    assert path.read_text(encoding="utf-8").splitlines()[0] == ("# yaml-language-server: $schema=report.schema.json")


def test_the_schema_refuses_what_the_models_refuse(tmp_path: Path) -> None:
    source, _ = read(write(tmp_path, SALES.replace("title:", "titel:")))

    with pytest.raises(jsonschema.ValidationError, match="titel"):
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
