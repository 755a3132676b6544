"""A spec says the same whether it is one file or divided among a template, definitions and parameters."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduled_reports.spec.load import Report, load
from scheduled_reports.spec.report import ReportSpec
from scheduled_reports.spec.yaml import CoreSchemaLoader
from specs import SALES

ODD = """\
description: "Literal ${x}, $${y}, {{ period.label }}: on, 16:30, 010, 1e3, ~"
tags: ["on", "010", "null"]
parameters:
  top: {type: integer, default: 10}
  least: {type: number, default: 1e3}
  since: {type: date, default: 2026-01-31}
  who: {type: text, default: null}
  every: {type: boolean, default: true}
"""
WHOLE: dict[str, Any] = yaml.load(ODD + SALES, CoreSchemaLoader)

leaves = st.sets(st.integers(0, 60), max_size=12)
names = st.sets(st.sampled_from(["orders", "totals"]))


class Division:
    """One spec, divided among files below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.given: dict[str, Any] = {}
        self._leaf = 0

    def write(self, name: str, value: Any) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(value, sort_keys=False, allow_unicode=True), encoding="utf-8")

    def with_parameters(self, value: Any, chosen: set[int]) -> Any:
        """Return a value with its chosen leaves in parameters; texts that look like placeholders are escaped."""
        if isinstance(value, dict):
            return {key: self.with_parameters(entry, chosen) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.with_parameters(entry, chosen) for entry in value]
        self._leaf += 1
        if self._leaf in chosen:
            self.given[f"p{self._leaf}"] = value
            return f"${{p{self._leaf}}}"
        return value.replace("${", "$${") if isinstance(value, str) else value

    def definition(self, name: str, value: Any, chosen: set[int]) -> dict[str, Any]:
        """Move a value into a file in include/; return what stands in its place."""
        before = self.given
        self.given = {}
        body = self.with_parameters(value, chosen)
        needs = {"needs": dict.fromkeys(self.given)} if self.given else {}
        if needs and isinstance(body, list):
            body = {"blocks": body}
        self.write(f"include/{name}.yaml", {**needs, **body} if needs else body)
        used = {"use": Path(name).name, **({"with": self.given} if self.given else {})}
        self.given = before
        return used


keys = st.sets(st.sampled_from(sorted(WHOLE)))
spans = st.tuples(st.integers(0, 2), st.integers(0, 2)).map(sorted)


@given(defined=names, template=keys, span=spans, chosen=leaves, in_template=leaves, changed=st.booleans())
@settings(deadline=None, max_examples=60)
def test_a_divided_spec_is_the_spec_that_is_one_file(
    defined: set[str], template: set[str], span: list[int], chosen: set[int], in_template: set[int], changed: bool
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        division, spec = Division(Path(temporary)), dict(WHOLE)
        for section, name in (("sources", "orders"), ("datasets", "totals")):
            if name in defined:
                entry = spec[section][name]
                other = {**entry, "description": "Another."} if changed else entry
                used = division.definition(f"{section}/{name}", other, chosen)
                spec[section] = {name: {**used, "description": ""} if changed else used}
        first, last = span
        if first < last:
            blocks = division.definition("blocks/some", spec["content"][first:last], chosen)
            spec["content"] = [*spec["content"][:first], blocks, *spec["content"][last:]]
        if template:
            lower = division.with_parameters({key: spec.pop(key) for key in sorted(template)}, in_template)
            division.write("include/templates/standard.yaml", {"needs": dict.fromkeys(division.given), **lower})
            spec = {"extends": "standard", "with": division.given, **spec}
        division.write("report_specs/sales.yaml", spec)

        report = load(division.folder / "report_specs" / "sales.yaml", division.folder / "include")
        assert isinstance(report, Report), [str(problem) for problem in report.problems]
        (division.folder / "report_specs" / "whole.yaml").write_text(report.text, encoding="utf-8")
        whole = load(division.folder / "report_specs" / "whole.yaml", division.folder / "nowhere")

    assert report.spec == ReportSpec.model_validate(WHOLE)
    assert isinstance(whole, Report), [str(problem) for problem in whole.problems]
    assert whole.spec == report.spec
