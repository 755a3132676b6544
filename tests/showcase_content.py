"""The content of a report with every kind of block, in English and German."""

from __future__ import annotations

from typing import Any

TITLE = ("Contact Centre and Sales", "Kundenservice und Vertrieb")
DESCRIPTION = (
    "Calls, contracts and revenue of all regions, and what the teams should look at.",
    "Anrufe, Verträge und Umsatz aller Regionen, und worauf die Teams achten sollten.",
)

CONTENT: list[dict[str, Any]] = [
    {"type": "kpis", "dataset": "figures", "items": [
        {"label": ("Calls", "Anrufe"), "value": "calls", "previous": "calls_before",
         "sparkline": {"dataset": "days", "value": "calls"}},
        {"label": ("Revenue", "Umsatz"), "value": "revenue", "target": "revenue_target", "year": "revenue_year",
         "format": "#,##0 €", "sparkline": {"dataset": "days", "value": "revenue"}},
        {"label": ("Conversion", "Abschlussquote"), "value": "rate", "previous": "rate_before", "format": "0.0%"},
        {"label": ("Average wait", "Wartezeit"), "value": "wait", "previous": "wait_before", "target": 30,
         "format": "0.0", "unit": "s", "better": "lower", "sparkline": {"dataset": "days", "value": "wait"}},
    ]},
    {"type": "callout", "tone": "warning", "title": ("Night shift in the South", "Nachtschicht im Süden"), "markdown": (
        "Waiting times were **above two minutes** on four nights. Two more agents start on 15 November.",
        "Die Wartezeit lag in vier Nächten **über zwei Minuten**. Am 15. November beginnen zwei weitere Kräfte.")},
    {"type": "text", "markdown": (
        ("Calls rose by **4.6 %** while the conversion fell slightly. What stands behind it:\n\n"
        "- The *fiber* campaign brought more calls, but fewer of them were ready to buy\n"
        "- Renewals went well in the [north](https://northwind.example/north), thanks to the new scripts\n"
        "- A broken form on the website sent about 400 people to the phone\n\n"
        "> We now know within a day what took us a month.\n"),
        ("Die Zahl der Anrufe stieg um **4,6 %**, die Abschlussquote sank leicht. Was dahinter steht:\n\n"
        "- Die *Glasfaser*-Kampagne brachte mehr Anrufe, aber weniger Kaufbereite\n"
        "- Verlängerungen liefen im [Norden](https://northwind.example/north) gut, dank der neuen Leitfäden\n"
        "- Ein kaputtes Formular der Website schickte rund 400 Menschen ans Telefon\n\n"
        "> Wir wissen jetzt nach einem Tag, was uns einen Monat gekostet hat.\n"))},
    {"type": "contents"},
    {"type": "heading", "text": ("Calls and revenue", "Anrufe und Umsatz")},
    {"type": "chart", "title": ("Calls per day", "Anrufe je Tag"), "dataset": "calls_per_day", "height": 180,
     "alt": ("Calls of each region for every day of October", "Anrufe jeder Region an jedem Tag im Oktober"),
     "mark": "line", "x": "day", "y": "calls", "color": "region",
     "x_title": "", "y_title": ("Calls", "Anrufe")},
    {"type": "columns", "share": 0.55, "left": [
        {"type": "chart", "title": ("Revenue by product", "Umsatz je Produkt"), "dataset": "products", "height": 150,
         "alt": ("Revenue of each product", "Umsatz jedes Produkts"), "mark": "bar", "x": "product", "y": "revenue",
         "y_format": "#,##0 €", "x_title": "", "y_title": ("Revenue", "Umsatz")},
    ], "right": [
        {"type": "table", "title": ("Products", "Produkte"), "dataset": "products", "columns": [
            {"name": "product", "label": ("Product", "Produkt")},
            {"name": "contracts", "label": ("Contracts", "Verträge"), "total": "sum"},
            {"name": "revenue", "label": ("Revenue", "Umsatz"), "format": "#,##0 €", "total": "sum"}]},
        {"type": "text", "markdown": ("*Mobile* grows fastest.", "*Mobilfunk* wächst am schnellsten.")},
    ]},
    {"type": "columns", "left": [
        {"type": "chart", "title": ("Why people call", "Warum Menschen anrufen"), "dataset": "reasons", "height": 160,
         "alt": ("Share of each reason", "Anteil jedes Grundes"), "mark": "pie", "x": "reason", "y": "calls"},
    ], "right": [
        {"type": "chart", "title": ("When people call", "Wann Menschen anrufen"), "dataset": "hours", "height": 160,
         "alt": ("Calls for each weekday and hour", "Anrufe je Wochentag und Stunde"), "mark": "heatmap",
         "x": "hour", "y": "weekday", "color": "calls"},
    ]},
    {"type": "heading", "text": ("Regions and cities", "Regionen und Städte"), "level": 2},
    {"type": "table", "title": ("Contracts by city", "Verträge je Stadt"), "dataset": "cities", "group_by": "region",
     "columns": [
        {"name": "city", "label": ("City", "Stadt"), "link": "https://northwind.example/cities/{city}"},
        {"name": "product", "label": ("Product", "Produkt")},
        {"name": "contracts", "label": ("Contracts", "Verträge"), "total": "sum", "bar": True},
        {"name": "conversion", "label": ("Conversion", "Abschlussquote"), "format": "0.0%", "scale": True,
         "total": {"sum": "contracts", "per": "calls"}},
        {"name": "revenue", "label": ("Revenue", "Umsatz"), "format": "#,##0 €", "total": "sum"},
        {"name": "change", "label": ("Change", "Änderung"), "format": "+0.0%;-0.0%", "highlight": [
            {"below": -0.03, "tone": "bad"}, {"above": 0.05, "tone": "good"}]}]},
    {"type": "callout", "tone": "good", "markdown": (
        "**Kiel** sold more in October than in the whole third quarter.",
        "**Kiel** verkaufte im Oktober mehr als im ganzen dritten Quartal.")},
    {"type": "callout", "tone": "bad", "title": ("Complaints", "Beschwerden"), "markdown": (
        "Complaints about invoices doubled.", "Beschwerden über Rechnungen haben sich verdoppelt.")},
    {"type": "heading", "text": ("Teams", "Teams")},
    {"type": "table", "title": ("Busiest agents", "Wer am meisten sprach"), "dataset": "agents", "sort": "-calls",
     "top": 5, "detail": {"dataset": "calls", "on": "agent"}, "columns": [
        {"name": "agent", "label": ("Agent", "Name")},
        {"name": "calls", "label": ("Calls", "Anrufe"), "total": "sum", "bar": True},
        {"name": "minutes", "label": ("Minutes", "Minuten"), "total": "sum"}]},
    {"type": "callout", "tone": "info", "title": ("How to read this", "So liest man das"), "markdown": (
        "A *contact* is a call that somebody answered; see the glossary.",
        "Ein *Kontakt* ist ein angenommener Anruf; siehe Glossar.")},
    {"type": "image", "file": "images/floor.png", "alt": ("Plan of the office", "Plan des Büros"),
     "title": ("The office in Hamburg", "Das Büro in Hamburg"), "width": 0.6},
    {"type": "page_break"},
    {"type": "heading", "text": ("Every month", "Jeder Monat")},
    {"type": "table", "title": ("Contracts by month", "Verträge je Monat"), "dataset": "months"},
    {"type": "heading", "text": ("Scripts", "Schriften"), "level": 2},
    {"type": "table", "dataset": "scripts"},
    {"type": "table", "title": ("Outages", "Ausfälle"), "dataset": "outages"},
    {"type": "appendix", "title": ("All calls", "Alle Anrufe"), "dataset": "calls"},
    {"type": "glossary", "terms": {
        "Contact": ("A call that somebody answered.", "Ein Anruf, den jemand angenommen hat."),
        "Conversion": ("Contracts divided by *contacts*.", "Verträge geteilt durch *Kontakte*."),
        "Wait": ("Seconds from the first ring to the first word.", "Sekunden vom ersten Klingeln bis zum ersten Wort."),
    }},
]  # fmt: skip
"""The blocks; a pair of texts is one in English and one in German."""


def in_language(node: Any, code: str) -> Any:
    """Return the content with the texts of one language: `en` or `de`."""
    match node:
        case (str(), str()) as pair if isinstance(node, tuple):
            return pair[code == "de"]
        case dict():
            return {key: in_language(value, code) for key, value in node.items()}
        case list():
            return [in_language(value, code) for value in node]
        case _:
            return node
