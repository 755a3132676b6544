"""What is wrong with a spec that is put together from several files is told at its file, line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.load import BrokenReport, Report, load
from specs import SALES

TEMPLATE = """\
needs:
  site: {description: What the site is called}
  schema: {default: public}
title: Sales of ${site}
owner: owner@northwind.example
sources:
  orders: {use: orders}
content:
  - {use: figures, with: {dataset: orders}}
  - {type: table, dataset: orders}
formats:
  - type: html_email
deliver:
  - {type: email, connection: mail, to: ann@northwind.example, body: html_email}
schedules:
  - {id: daily, when: "30 6 * * *"}
"""
SOURCE = """\
type: sql
connection: shop
sql: SELECT 1 AS amount
"""
BLOCKS = """\
needs:
  dataset: {}
blocks:
  - type: kpis
    dataset: ${dataset}
    items:
      - {label: Amount, value: amount}
"""
SPEC = """\
extends: standard
with: {site: Berlin}
"""
FILES = {
    "report_specs/sales.yaml": SPEC,
    "include/templates/standard.yaml": TEMPLATE,
    "include/sources/orders.yaml": SOURCE,
    "include/blocks/figures.yaml": BLOCKS,
}
SALES_YAML, STANDARD, ORDERS, FIGURES = FILES
USED = "(used by report_specs/sales.yaml)"


def changed(name: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[name]
    return {**FILES, name: FILES[name].replace(old, new, 1)}


def test_the_files_are_valid_as_they_are(lay: Callable, loaded: Callable) -> None:
    lay(FILES)

    assert loaded().spec.title == "Sales of Berlin"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (SALES_YAML, "standard", "standrad",
         "report_specs/sales.yaml:1:10: there is no include/templates/standrad.yaml; did you mean 'standard'? (allo"),
        (SALES_YAML, "standard", "../secrets",
         "report_specs/sales.yaml:1:10: '../secrets' is not a name; write the name of a file in include/templates/,"),
        (SALES_YAML, "standard", "standard.yaml", "report_specs/sales.yaml:1:10: 'standard.yaml' is not a name"),
        (SALES_YAML, "standard", "[standard]", "report_specs/sales.yaml:1:10: '' is not a name"),
        (STANDARD, "use: orders", "use: ordres",
         "include/templates/standard.yaml:7:17: there is no include/sources/ordres.yaml; did you mean 'orders'?"),
        (STANDARD, "use: figures", "use: figurs",
         "include/templates/standard.yaml:9:11: there is no include/blocks/figurs.yaml; did"),
        (ORDERS, "type: sql", "use: orders\ntype: sql",
         "include/sources/orders.yaml:1:6: include/sources: these are made of each other: orders → orders; leave on"),
        (FIGURES, "  - type: kpis", "  - {use: figures, with: {dataset: x}}\n  - type: kpis",
         "include/blocks/figures.yaml:4:11: include/blocks: these are made of each other: figures → figures"),
        (SALES_YAML, "{site: Berlin}", "{sit: Berlin}",
         "report_specs/sales.yaml:1:10: include/templates/standard.yaml needs the parameter 'site'; add it: with: {"),
        (SALES_YAML, "{site: Berlin}", "{sit: Berlin}",
         "report_specs/sales.yaml:2:8: include/templates/standard.yaml has no parameter 'sit'; did you mean 'site'?"),
        (SALES_YAML, "{site: Berlin}", "Berlin",
         "report_specs/sales.yaml:2:7: 'with' is not a mapping; write what include/templates/standard.yaml needs: s"),
        (STANDARD, "{use: orders}", "{use: orders, with: {a: 1}}",
         "include/templates/standard.yaml:7:32: include/sources/orders.yaml has no parameter 'a'; it needs none; le"),
        (STANDARD, "{dataset: orders}", "{}",
         "include/templates/standard.yaml:9:11: include/blocks/figures.yaml needs the parameter 'dataset'"),
        (STANDARD, "{use: figures,", "{use: figures, title: x,",
         "include/templates/standard.yaml:9:20: unknown key 'title' beside 'use'; a list of blocks takes only 'with"),
        (STANDARD, "${site}", "${sit}",
         "include/templates/standard.yaml:4:8: there is no parameter 'sit'; did you mean 'site'? (allowed: schema, "),
        (STANDARD, "${site}", "${site",
         "include/templates/standard.yaml:4:8: '${site' is not closed; write ${name}; a plain"),
        (ORDERS, "shop", "${shop}",
         "include/sources/orders.yaml:2:13: there is no parameter 'shop'; nothing is defined here; declare"),
        (SALES_YAML, "Berlin", "[Berlin]",
         "include/templates/standard.yaml:4:8: the parameter 'site' is a list and cannot stand inside a text; only "),
        (SALES_YAML, "Berlin", "{a: 1}", "the parameter 'site' is a mapping and cannot stand inside a text"),
        (SALES_YAML, "Berlin", "null", "the parameter 'site' is null and cannot stand inside a text"),
        (STANDARD, TEMPLATE, "- a\n",
         "include/templates/standard.yaml:1:1: is not a template; write a template as a mapping"),
        (STANDARD, TEMPLATE, "", "include/templates/standard.yaml:1:1: is not a template"),
        (ORDERS, SOURCE, "orders\n", "include/sources/orders.yaml:1:1: is not a source; write a source as a mapping"),
        (FIGURES, "blocks:", "block:",
         "include/blocks/figures.yaml:1:1: is not a list of blocks; write a list of blocks, or `needs:` and `blocks"),
        (FIGURES, "dataset: {}", "dataset: {defualt: x}",
         "include/blocks/figures.yaml:2:13: unknown key 'defualt' in needs.dataset; did you mean 'default'?"),
        (FIGURES, "  dataset: {}", "  - dataset",
         "include/blocks/figures.yaml:2:3: needs: ['dataset'] is not a mapping; write a mapping"),
        (FIGURES, "  dataset: {}", "  Data: {}",
         "include/blocks/figures.yaml:2:3: needs: 'Data' is not a name; write lower-case"),
        (STANDARD, "title: S", "title: 'S",
         "include/templates/standard.yaml:17:1: is not valid YAML: while scanning a quoted scalar"),
        (STANDARD, "owner:", "title: x\nowner:",
         "include/templates/standard.yaml:5:1: the key 'title' stands twice; it already stands in line 4"),
        (FIGURES, "- {label: Amount", "- {label: ${label}", 'inside {} and [] write "${name}", in quotes'),
        (ORDERS, "connection:", "conection:",
         "include/sources/orders.yaml:2:1: unknown key 'conection' in sources.orders; did you mean"),
        (ORDERS, "connection: shop\n", "",
         "include/sources/orders.yaml:1:1: the key 'connection' is missing in sources.orders; add it"),
        (ORDERS, "sql: SELECT 1 AS amount", "sql: [1]",
         "include/sources/orders.yaml:3:6: sources.orders.sql: [1] is not text; write text"),
        (ORDERS, "SELECT 1", "SELECT :yesterday",
         "include/sources/orders.yaml:3:6: sources.orders.sql: unknown bind value ':yesterday' in line 1 of the SQL"),
        (FIGURES, "label: Amount", "label: 1",
         "include/blocks/figures.yaml:7:17: content[1].items[1].label: 1 is not text; write text, in quotes"),
        (FIGURES, "type: kpis", "type: kpi",
         "include/blocks/figures.yaml:4:11: content[1]: unknown type 'kpi'; did you mean 'kpis'?"),
        (STANDARD, "owner: owner@northwind.example\n", "",
         "report_specs/sales.yaml:1:1: the key 'owner' is missing in the"),
        (STANDARD, "{type: table, dataset", "{type: table, datset",
         "include/templates/standard.yaml:10:19: unknown key 'datset' in content[2]"),
        (STANDARD, "{dataset: orders}", "{dataset: ordrs}",
         "include/templates/standard.yaml:9:36: content[1].dataset: there is no source or dataset 'ordrs'; did you "),
        (STANDARD, "30 6 * * *", "30 6 * *",
         "include/templates/standard.yaml:16:23: schedules[1].when: '30 6 * *' is not a cron line"),
        (STANDARD, "daily, when", "daily, calendar: nowhere, when",
         "include/templates/standard.yaml:16:27: schedules[1].calendar: there is no calendar 'nowhere'"),
        (SALES_YAML, "Berlin}", "x" * 200 + "}",
         "include/templates/standard.yaml:4:8: title: string should have at most 200 characters"),
        (SALES_YAML, "with:", "sources: {orders: {timezone: Europe/Pari}}\nwith:",
         "report_specs/sales.yaml:2:30: sources.orders.timezone: unknown time zone 'Europe/Pari'; write an IANA nam"),
        (SALES_YAML, "with:", "deliver: 3\nwith:",
         "report_specs/sales.yaml:2:10: deliver: 3 is not a list; write a list"),
        (SALES_YAML, "with:", "needs: {a: {}}\nwith:",
         "report_specs/sales.yaml:2:1: unknown key 'needs' in the report"),
        (SALES_YAML, "extends: standard\n", SALES, "unknown key 'with' in the report"),
        (ORDERS, "SELECT 1", "SELECT 1 -- password='hunter2'\n ",
         "include/sources/orders.yaml:3:28: looks like a password; put it into an"),
        (STANDARD, "title:", "description: ftp://me:hunter2@host/\ntitle:",
         "include/templates/standard.yaml:4:23: looks like a password in a URL"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_the_file_where_it_stands(
    lay: Callable, problems: Callable, name: str, old: str, new: str, expected: str
) -> None:
    lay(changed(name, old, new))

    told = problems()

    assert any(expected in line.replace(f" {USED}", "") for line in told), told
    assert all((USED in line) == line.startswith("include/") for line in told)
    assert all("hunter2" not in line for line in told)


def test_a_value_given_to_a_parameter_is_told_where_it_is_given(lay: Callable, problems: Callable) -> None:
    lay(changed(STANDARD, "connection: mail", 'connection: "${schema}"'))
    lay({"report_specs/sales.yaml": "extends: standard\nwith: {site: x, schema: a b}\n"})

    [told] = problems()

    assert told.startswith("report_specs/sales.yaml:2:25: deliver[1].connection: this is not the id of an Airflow conn")


def test_templates_that_extend_each_other_are_told_at_the_last_of_them(lay: Callable, problems: Callable) -> None:
    lay({"include/templates/standard.yaml": "extends: other\n"})
    lay({"include/templates/other.yaml": "extends: standard\n"})
    lay({"report_specs/sales.yaml": "extends: standard\n"})

    place, circle = "include/templates/other.yaml:1:10", "standard → other → standard"
    told = f"{place}: include/templates: these are made of each other: {circle} {USED}; leave one of them out"
    assert problems()[0] == told


def test_files_that_use_each_other_too_deep_are_told(lay: Callable, problems: Callable) -> None:
    lay({f"include/templates/t{number}.yaml": f"extends: t{number + 1}\n" for number in range(30)})
    lay({"report_specs/sales.yaml": "extends: t0\n"})

    assert problems()[0].startswith("include/templates/t9.yaml:1:10: more than 10 files deep: t0 → t1 → ")


@pytest.mark.parametrize("last", ["[]\n", "- {type: heading, text: Ho}\n"])
def test_lists_of_lists_that_mean_millions_of_blocks_are_refused_at_once(
    lay: Callable, problems: Callable, last: str
) -> None:
    for number in range(8):
        lay({f"include/blocks/b{number}.yaml": f"- {{use: b{number + 1}}}\n" * 20})
    lay({"include/blocks/b8.yaml": last})
    lay({"report_specs/sales.yaml": "content: [{use: b0}]\n"})

    told = problems()

    assert len(told) == 1
    assert "put together with what it uses, this holds more than 100,000 values" in told[0]


def test_values_handed_on_that_double_each_time_are_refused_at_once(lay: Callable, problems: Callable) -> None:
    for number in range(9):
        lay({f"include/templates/t{number}.yaml": f"""\
            needs: {{a: }}
            extends: t{number + 1}
            with: {{a: [{", ".join(['"${a}"'] * 9)}]}}
            """})  # fmt: skip
    lay({"include/templates/t9.yaml": "needs: {a: }\ntags: ${a}\n"})
    lay({"report_specs/sales.yaml": "extends: t0\nwith: {a: x}\n"})

    assert "put together with what it uses, this holds more than 100,000 values" in problems()[0]


def test_a_link_that_leads_out_of_include_is_not_followed(lay: Callable, problems: Callable, tmp_path: Path) -> None:
    lay({**FILES, "secret.yaml": TEMPLATE})
    (tmp_path / STANDARD).unlink()
    (tmp_path / STANDARD).symlink_to(tmp_path / "secret.yaml")

    what, hint = "include/templates/standard.yaml is a link that leads out of include/", "put the file itself there"
    assert problems() == [f"report_specs/sales.yaml:1:10: {what}; {hint}"]


def test_a_file_that_cannot_be_read_is_told(lay: Callable, problems: Callable, tmp_path: Path) -> None:
    lay(FILES)
    (tmp_path / ORDERS).write_bytes("sql: Müller".encode("latin-1"))

    assert problems()[0].startswith(f"{ORDERS}:1:1: cannot be read: 'utf-8' codec can't decode")


def test_a_file_used_twice_is_told_once_and_read_once(lay: Callable, problems: Callable) -> None:
    twice = "sources:\n  orders: {use: orders}\n  others: {use: orders}\n"
    lay(changed(STANDARD, "sources:\n  orders: {use: orders}\n", twice))
    lay({ORDERS: SOURCE.replace("sql:", "sql")})

    assert len(problems()) == 1


def test_one_broken_definition_leaves_specs_that_do_not_use_it_alone(lay: Callable, tmp_path: Path) -> None:
    lay({**changed(ORDERS, "type: sql", "type: ["), "report_specs/other.yaml": SALES})

    loaded = [load(tmp_path / "report_specs" / f"{name}.yaml", tmp_path / "include") for name in ("sales", "other")]

    assert [type(report) for report in loaded] == [BrokenReport, Report]
