"""A spec takes sources, datasets, blocks and whole templates from include/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.load import BrokenReport, Report, load, load_all
from specs import SALES, write

ORDERS = """\
type: sql
connection: shop
sql: |
  SELECT customer, amount FROM orders
  WHERE ordered_at >= :period_start AND ordered_at < :period_end
"""
TOTALS = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders\n"
KPIS = """\
- type: kpis
  dataset: totals
  items:
    - {label: Orders, value: orders}
    - {label: Revenue, value: revenue, format: "#,##0.00"}
"""
SHARED = {
    "include/sources/orders.yaml": ORDERS,
    "include/datasets/totals.yaml": TOTALS,
    "include/blocks/figures.yaml": KPIS,
}
USING = """\
title: Sales
owner: owner@northwind.example
sources:
  orders: {use: orders}
datasets:
  totals: {use: totals}
run_when:
  - {type: rows, dataset: orders, at_least: 1}
content:
  - use: figures
  - type: table
    title: Orders
    dataset: orders
""" + SALES[SALES.index("formats:") :]

STANDARD = "needs:\n  site: {description: What the site is called}\n" + SALES.replace(
    "title: Sales", "title: Sales of ${site}"
)
TOP = "parameters: {top: {type: integer, default: 10, description: How many.}}"
SITES = (
    "berlin", "bremen", "dresden", "essen", "frankfurt", "hamburg", "hanover", "leipzig", "mainz", "munich", "potsdam",
    "rostock", "stuttgart", "ulm",
)  # fmt: skip


def test_a_source_a_dataset_and_blocks_may_stand_in_include(lay: Callable, loaded: Callable, tmp_path: Path) -> None:
    lay({**SHARED, "report_specs/sales.yaml": USING})

    assert loaded().spec == load(write(tmp_path, name="written_out"), tmp_path / "include").spec  # type: ignore[union-attr]


def test_keys_beside_use_take_the_place_of_the_definitions_own(lay: Callable, loaded: Callable) -> None:
    own = "{use: orders, timezone: Europe/Berlin, columns: {a: {description: A}}}"
    columns = "columns: {b: {description: B}}\ntimezone: UTC\nready_at: '05:30'\n"
    lay({**SHARED, "report_specs/sales.yaml": USING.replace("{use: orders}", own)})
    lay({"include/sources/orders.yaml": ORDERS + columns})

    source = loaded().spec.sources["orders"]

    assert (source.timezone, list(source.columns), str(source.ready_at)) == ("Europe/Berlin", ["b", "a"], "05:30:00")


def test_a_mask_of_a_definition_stays_where_a_spec_tells_more_of_its_columns(lay: Callable, loaded: Callable) -> None:
    masked = ORDERS + "columns:\n  customer: {sensitive: true, mask: hash}\n  amount: {type: number}\n"
    told = "orders: {use: orders, columns: {amount: {type: 'decimal(12,2)'}}}"
    lay(
        {
            **SHARED,
            "include/sources/orders.yaml": masked,
            "report_specs/sales.yaml": USING.replace("orders: {use: orders}", told),
        }
    )

    columns = loaded().spec.sources["orders"].columns

    assert columns["customer"].sensitive
    assert columns["customer"].mask["default"].kind == "hash"
    assert columns["amount"].type == "decimal(12,2)"


@pytest.mark.parametrize(
    ("mask", "found"),
    [
        ("null", {"default": "null"}),
        ("{auditor: null, default: hash}", {"auditor": "null", "default": "hash"}),
        ("{default: partial}", {"default": "partial"}),
        ("{type: partial, keep_last: 2}", {"default": "partial"}),
    ],
)
def test_a_mask_takes_the_place_of_the_templates_as_a_whole(
    lay: Callable, loaded: Callable, mask: str, found: dict[str, str]
) -> None:
    masked = SALES.replace("datasets:", "    columns: {customer: {mask: {default: hash, auditor: keep}}}\ndatasets:", 1)
    lay({"include/templates/standard.yaml": masked})
    own = f"orders: {{columns: {{customer: {{mask: {mask}}}}}}}"
    lay({"report_specs/sales.yaml": f"extends: standard\nsources:\n  {own}\n"})

    masks = loaded().spec.sources["orders"].columns["customer"].mask

    assert {role: entry.kind for role, entry in masks.items()} == found


def test_a_null_beside_use_removes_a_key_of_the_definition(lay: Callable, loaded: Callable) -> None:
    own = "{use: orders, timezone: null, ready_at: null}"
    lay({**SHARED, "report_specs/sales.yaml": USING.replace("{use: orders}", own)})
    lay({"include/sources/orders.yaml": ORDERS + "timezone: Europe/Berlin\nready_at: '05:30'\n"})

    source = loaded().spec.sources["orders"]

    assert (source.timezone, source.ready_at) == ("UTC", None)


def test_a_definition_may_use_another(lay: Callable, loaded: Callable) -> None:
    lay({**SHARED, "report_specs/sales.yaml": USING.replace("{use: orders}", "{use: berlin}")})
    lay({"include/sources/berlin.yaml": "use: orders\ntimezone: Europe/Berlin\n"})
    lay({"include/blocks/figures.yaml": "- {type: heading, text: Figures}\n- use: kpis\n- use: kpis\n"})
    lay({"include/blocks/kpis.yaml": KPIS})

    spec = loaded().spec

    assert spec.sources["orders"].timezone == "Europe/Berlin"
    assert [block.type for block in spec.content] == ["heading", "kpis", "kpis", "table"]


def test_fourteen_standard_reports_are_fourteen_short_files(lay: Callable, tmp_path: Path) -> None:
    lay({"include/templates/standard.yaml": STANDARD})
    for site in SITES:
        lay({f"report_specs/{site}.yaml": f"extends: standard\nwith: {{site: {site.capitalize()}}}\n"})

    healthy, broken = load_all(tmp_path / "report_specs", tmp_path / "include")

    assert broken == []
    assert [report.spec.title for report in healthy] == [f"Sales of {site.capitalize()}" for site in SITES]
    assert len({report.digest for report in healthy}) == 14


def test_a_spec_changes_its_template_where_it_wants(lay: Callable, loaded: Callable) -> None:
    template = STANDARD.replace("owner: ", f"tags: [sales, daily]\n{TOP}\nowner: ")
    own = """\
        extends: standard
        with: {site: Berlin}
        title: Umsatz
        tags: [berlin]
        parameters: {top: {default: 5}, least: {type: number, default: 0}}
        sources: {orders: {timezone: Europe/Berlin}}
        datasets: {largest: {sql: SELECT max(amount) AS amount FROM orders}}
        run_when: null
        """
    lay({"include/templates/standard.yaml": template, "report_specs/sales.yaml": own})

    spec = loaded().spec

    assert (spec.title, spec.tags, spec.run_when.test) == ("Umsatz", ("berlin",), None)
    assert {name: entry.default for name, entry in spec.parameters.items()} == {"top": 5, "least": 0}
    assert (spec.sources["orders"].connection, spec.sources["orders"].timezone) == ("shop", "Europe/Berlin")
    assert list(spec.datasets) == ["totals", "largest"]
    assert len(spec.content) == 2


def test_a_null_removes_an_entry_of_the_template_at_any_depth(lay: Callable, loaded: Callable) -> None:
    more = "  unused: {sql: SELECT 1 AS one}\n  totals:\n    description: Totals.\n"
    template = STANDARD.replace("  totals:\n", more)
    template = template.replace("connection: shop\n", "connection: shop\n    timezone: Europe/Berlin\n")
    lay({"include/templates/standard.yaml": template})
    lay({"report_specs/sales.yaml": """\
        extends: standard
        with: {site: Berlin}
        datasets: {unused: null, totals: {description: null}}
        sources: {orders: {timezone: null}}
        """})  # fmt: skip

    spec = loaded().spec

    assert (list(spec.datasets), spec.datasets["totals"].description) == (["totals"], "")
    assert spec.sources["orders"].timezone == "UTC"


def test_a_parameters_default_may_become_null(lay: Callable, loaded: Callable) -> None:
    template = STANDARD.replace("sources:\n", f"{TOP}\nsources:\n")
    lay({"include/templates/standard.yaml": template})
    lay({"report_specs/sales.yaml": "extends: standard\nwith: {site: x}\nparameters: {top: {default: null}}\n"})

    assert loaded().spec.parameters["top"].default is None


def test_an_entry_of_another_type_or_that_uses_a_definition_replaces_the_templates(
    lay: Callable, loaded: Callable
) -> None:
    template = STANDARD.replace("sources:\n", f"{TOP}\nsources:\n")
    lay({**SHARED, "include/templates/standard.yaml": template})
    lay({"include/sources/orders.yaml": ORDERS.replace("connection: shop", "connection: other")})
    lay({"report_specs/sales.yaml": """\
        extends: standard
        with: {site: Berlin}
        parameters: {top: {type: text, default: a}}
        sources: {orders: {use: orders}}
        """})  # fmt: skip

    spec = loaded().spec

    assert spec.sources["orders"].connection == "other"
    assert spec.parameters["top"].description == ""


def test_a_template_may_extend_another_and_hand_its_parameters_on(lay: Callable, loaded: Callable) -> None:
    lay({"include/templates/standard.yaml": STANDARD})
    lay({"report_specs/sales.yaml": "extends: german\nwith: {town: Ulm}\n"})
    lay({"include/templates/german.yaml": """\
        needs: {town: }
        extends: standard
        with: {site: "${town} (Donau)"}
        tags: [german]
        """})  # fmt: skip

    assert (loaded().spec.title, loaded().spec.tags) == ("Sales of Ulm (Donau)", ("german",))


def test_a_spec_may_change_what_its_templates_use_is_given(lay: Callable, loaded: Callable) -> None:
    lay({"include/sources/orders.yaml": "needs: {shop: {default: shop}}\n" + ORDERS.replace(": shop", ": ${shop}")})
    sources = STANDARD[STANDARD.index("sources:") : STANDARD.index("datasets:")]
    lay({"include/templates/standard.yaml": STANDARD.replace(sources, "sources: {orders: {use: orders}}\n")})
    lay({"report_specs/sales.yaml": """\
        extends: standard
        with: {site: Berlin}
        sources: {orders: {with: {shop: shop_berlin}, timezone: Europe/Berlin}}
        """})  # fmt: skip

    source = loaded().spec.sources["orders"]

    assert (source.connection, source.timezone) == ("shop_berlin", "Europe/Berlin")


def test_the_digest_changes_with_every_file_that_is_used(lay: Callable, loaded: Callable) -> None:
    lay({**SHARED, "report_specs/sales.yaml": "extends: standard\n"})
    lay({"include/templates/standard.yaml": USING})
    digests = [loaded().digest]

    for name in (*SHARED, "include/templates/standard.yaml"):
        lay({name: f"# changed\n{ {**SHARED, 'include/templates/standard.yaml': USING}[name] }"})
        digests.append(loaded().digest)

    assert len(set(digests)) == 5


def test_a_query_knows_the_file_that_it_stands_in(lay: Callable, loaded: Callable) -> None:
    lay({**SHARED, "report_specs/sales.yaml": USING.replace("{use: totals}", f"\n    {TOTALS.strip()}")})

    assert loaded().query_place("sources", "orders") == "include/sources/orders.yaml:3"
    assert loaded().query_place("datasets", "totals") == "sales.yaml:7"


def test_a_spec_with_a_broken_template_keeps_the_schedules_of_both(lay: Callable, tmp_path: Path) -> None:
    lay({"include/templates/standard.yaml": STANDARD.replace("type: html_email", "type: hmtl")})
    lay({"report_specs/sales.yaml": "extends: standard\nwith: {site: Berlin}\n"})

    broken = load(tmp_path / "report_specs" / "sales.yaml", tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    assert ([schedule.id for schedule in broken.schedules], broken.owner) == (["daily"], "owner@northwind.example")


def test_a_spec_whose_template_is_missing_keeps_its_own_schedules(lay: Callable, tmp_path: Path) -> None:
    own = "owner: me@northwind.example\nschedules:\n  - {id: weekly, when: '0 7 * * 1'}\n"
    lay({"report_specs/sales.yaml": f"extends: standard\n{own}"})

    broken = load(tmp_path / "report_specs" / "sales.yaml", tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    assert ([schedule.id for schedule in broken.schedules], broken.owner) == (["weekly"], "me@northwind.example")


def test_a_missing_definition_leaves_the_schedules_alone(lay: Callable, tmp_path: Path) -> None:
    lay({"report_specs/sales.yaml": USING})

    broken = load(tmp_path / "report_specs" / "sales.yaml", tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    assert ([schedule.id for schedule in broken.schedules], len(broken.problems)) == (["daily"], 3)


def test_a_spec_that_uses_nothing_reads_nothing_in_include(lay: Callable, tmp_path: Path) -> None:
    lay({"include/templates/standard.yaml": "[", "include/sources/orders.yaml": "["})

    report = load(write(tmp_path), tmp_path / "include")

    assert isinstance(report, Report)
    assert (report.parts, report.text) == ((), SALES)
