"""Our own texts for the page's script, and how its reader's language writes numbers."""

from __future__ import annotations

from typing import Any

from scheduled_reports.language import Language


def words(language: Language) -> dict[str, Any]:
    """Return the texts that `script/words.js` fills in, by the names by which it knows them."""
    text = language.text
    decimal = language.shown(0.5, "0.0")[1]
    return {
        "language": language.lang, "separator": ";" if decimal == "," else ",",
        "texts": {
            "rows": text("Rows {from} to {to} of {all}"),
            "oneRow": text("Row {from} of {all}"),
            "fitting": text("{count} of {all} rows fit the filter"),
            "printedPart": text("The first {count} of {all} rows; the others are in the file this was printed from"),
            "sums": text("Totals are of all rows, not of the filtered ones alone"),
            "none": text("No row fits the filter"),
            "filter": text("Filter rows"),
            "filterOf": text("Filter the rows of {title}"),
            "table": text("table"),
            "first": text("First page"), "previous": text("Previous page"), "next": text("Next page"),
            "last": text("Last page"), "page": text("Page {page} of {pages}"), "pagesOf": text("Pages of {title}"),
            "size": text("Rows per page"),
            "download": text("Download as CSV"), "downloadOf": text("Download {title} as CSV"),
            "open": text("Show the rows behind {name}"), "close": text("Hide the rows behind {name}"),
            "behind": text("Rows behind {name}"), "again": text("{name} (continued)"),
            "wide": text("{count} columns: scroll sideways to see all"),
            "cut": text("The table is wider than the paper: columns at its end are not printed"),
            "unopened": text("{count} rows of the details belong to no row of this table"),
            "picture": text("Save as picture"), "pictureOf": text("Save {title} as picture"), "chart": text("chart"),
        },
    }  # fmt: skip
