"""Definitions and templates are checked by themselves, whether a spec uses them or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.definitions import problems_and_warnings


@pytest.fixture
def told(lay: Callable, tmp_path: Path) -> Callable[[dict[str, str]], list[str]]:
    """Return a function that writes files into include/ and returns what is wrong with them and odd about them."""

    def of(files: dict[str, str]) -> list[str]:
        lay({f"include/{name}": text for name, text in files.items()})
        problems, warnings = problems_and_warnings(tmp_path / "include")
        return [str(problem).removeprefix(f"{tmp_path}/include/") for problem in [*sorted(problems), *warnings]]

    return of


def test_files_with_nothing_wrong_are_not_told(told: Callable) -> None:
    files = {
        "sources/orders.yaml": "needs: {shop: {default: shop}}\ntype: sql\nconnection: ${shop}\nsql: SELECT 1\n",
        "sources/berlin.yaml": "use: orders\ntimezone: Europe/Berlin\n",
        "datasets/totals.yaml": "sql: SELECT 1\n",
        "blocks/empty.yaml": "[]\n",
        "blocks/header.yaml": "- {type: heading, text: Ho}\n- use: empty\n",
        "templates/base.yaml": "title: Ho\n",
        "templates/standard.yaml": """\
            needs: {header: , shop: }
            extends: base
            sources: {orders: {use: orders, with: {shop: "${shop}"}}}
            datasets: {totals: {use: totals}}
            content: [{use: header}, {use: "${header}"}]
            schedules: 3
            """,
    }

    assert told({**files, "other/ignored.yaml": "["}) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sources/a.yaml", "type: [", "sources/a.yaml:2:1: is not valid YAML: while parsing a flow node"),
        ("sources/a.yaml", "- a\n", "sources/a.yaml:1:1: is not a source; write a source as a mapping"),
        ("datasets/a.yaml", "sql: SELECT ${x}\n",
         "datasets/a.yaml:1:6: there is no parameter 'x'; nothing is defined"),
        ("datasets/a.yaml", "needs: {site: }\nsql: SELECT ${site}, ${sit}\n",
         "datasets/a.yaml:2:6: there is no parameter 'sit'; did you mean 'site'?"),
        ("datasets/a.yaml", "needs: {site: }\nsql: SELECT 1\n",
         "datasets/a.yaml:1:9: warning: the parameter 'site' is declared, and ${site} stands nowhere"),
        ("datasets/a.yaml", "needs: {n: {default: 3}}\nsql: SELECT ${n}\n", "2:6: the parameter 'n' is '3'; only"),
        ("blocks/a.yaml", "- type: text\n  use: b\n", "blocks/a.yaml:2:8: there is no include/blocks/b.yaml"),
        ("sources/a.yaml", "use: b\n", "sources/a.yaml:1:6: there is no include/sources/b.yaml"),
        ("templates/a.yaml", "extends: b\n", "templates/a.yaml:1:10: there is no include/templates/b.yaml"),
        ("templates/a.yaml", "sources: {x: {use: b}}\n", "templates/a.yaml:1:20: there is no include/sources/b.yaml"),
        ("templates/a.yaml", "datasets: {x: {use: b}}\n", "templates/a.yaml:1:21: there is no include/datasets/b.yaml"),
        ("templates/a.yaml", "content: [{use: b}]\n", "templates/a.yaml:1:17: there is no include/blocks/b.yaml"),
        ("templates/a.yaml", "needs: [site]\n", "templates/a.yaml:1:8: needs: ['site'] is not a mapping"),
        ("templates/Big One.yaml", "title: x\n",
         "templates/Big One.yaml:1:1: the file's name 'Big One' cannot be used by a spec; rename it"),
        ("templates/a.yml", "title: x\n",
         "templates/a.yml:1:1: files in include/templates/ end in .yaml, not in .yml; rename it to a.yaml"),
        ("sources/a.yaml", "a: x\nb: SELECT 1 -- password='hunter2'\n", "sources/a.yaml:2:26: looks like a password"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_though_no_spec_uses_the_file(told: Callable, name: str, text: str, expected: str) -> None:
    found = told({name: text})

    assert len(found) == 1
    assert expected in found[0]


def test_without_the_folders_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert problems_and_warnings(tmp_path / "include") == (set(), [])
