"""A spec that is put together from several files is written as one, with where each part comes from."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

from specs import SALES

TEMPLATE = """\
needs: {site: , to: }
title: Sales of ${site}
owner: owner@northwind.example
sources:
  orders:
    use: orders
datasets:
  totals: {sql: SELECT 1 AS orders}
content:
  - use: header
  - {type: table, dataset: orders}
formats:
  - {type: html_email}
deliver:
  - {type: email, connection: mail, body: html_email, to: "${to}"}
schedules:
  - {id: daily, when: "30 6 * * *"}
"""
ORDERS = """\
type: sql
connection: shop
sql: |
  SELECT *
  FROM orders
"""
SPEC = """\
extends: standard
with:
  site: Berlin
  to: [ann@northwind.example]
sources: {orders: {timezone: Europe/Berlin}}
tags: ["on", "010"]
"""


def test_each_part_names_the_file_and_the_line_that_it_comes_from(lay: Callable, loaded: Callable) -> None:
    lay({"include/templates/standard.yaml": TEMPLATE, "include/sources/orders.yaml": ORDERS})
    lay({"include/blocks/header.yaml": "# What all have.\n- {type: heading, text: Zürich → Ulm}\n"})
    lay({"report_specs/sales.yaml": SPEC})

    assert loaded().text == dedent("""\
        # include/templates/standard.yaml:2
        title: Sales of Berlin
        # include/templates/standard.yaml:3
        owner: owner@northwind.example
        sources:
          orders:
            # include/sources/orders.yaml:1
            type: sql
            # include/sources/orders.yaml:2
            connection: shop
            # include/sources/orders.yaml:3
            sql: |
              SELECT *
              FROM orders
            # report_specs/sales.yaml:5
            timezone: Europe/Berlin
        # include/templates/standard.yaml:7
        datasets:
          totals: {sql: SELECT 1 AS orders}
        content:
          # include/blocks/header.yaml:2
          - {type: heading, text: Zürich → Ulm}
          # include/templates/standard.yaml:11
          - {type: table, dataset: orders}
        # include/templates/standard.yaml:12
        formats:
        - {type: html_email}
        deliver:
          # include/templates/standard.yaml:15, report_specs/sales.yaml:4
          - {type: email, connection: mail, body: html_email, to: [ann@northwind.example]}
        # include/templates/standard.yaml:16
        schedules:
        - {id: daily, when: "30 6 * * *"}
        # report_specs/sales.yaml:6
        tags: ["on", "010"]
        """)


def test_a_spec_that_is_one_file_stays_as_it_was_written(lay: Callable, loaded: Callable) -> None:
    lay({"report_specs/sales.yaml": f"# mine\n{SALES}"})

    assert loaded().text == f"# mine\n{SALES}"
