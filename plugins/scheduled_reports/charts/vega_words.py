"""The words of Vega-Lite 6 that authors write, from its reference (https://vega.github.io/vega-lite/docs/)."""

from __future__ import annotations

import re

MARKS = frozenset((
    "arc", "area", "bar", "boxplot", "circle", "errorband", "errorbar", "geoshape", "image", "line", "point", "rect",
    "rule", "square", "text", "tick", "trail",
))  # fmt: skip
"""https://vega.github.io/vega-lite/docs/mark.html"""

CHANNELS = frozenset((
    "angle", "color", "column", "description", "detail", "facet", "fill", "fillOpacity", "href", "key", "latitude",
    "latitude2", "longitude", "longitude2", "opacity", "order", "radius", "radius2", "row", "shape", "size", "stroke",
    "strokeDash", "strokeOpacity", "strokeWidth", "text", "theta", "theta2", "time", "tooltip", "url", "x", "x2",
    "xError", "xError2", "xOffset", "y", "y2", "yError", "yError2", "yOffset",
))  # fmt: skip
"""https://vega.github.io/vega-lite/docs/encoding.html"""

MEASURES = ("x", "y", "theta", "radius")
"""The channels that give a mark its place or its length."""

COUNTS = frozenset(("count", "distinct", "missing", "valid"))
"""Aggregates that are a number whatever the field holds."""

AGGREGATES = COUNTS | {
    "argmax", "argmin", "average", "ci0", "ci1", "exponential", "exponentialb", "max", "mean", "median", "min",
    "product", "q1", "q3", "stderr", "stdev", "stdevp", "sum", "values", "variance", "variancep",
}  # fmt: skip
"""https://vega.github.io/vega-lite/docs/aggregate.html"""

TYPES = frozenset(("quantitative", "temporal", "ordinal", "nominal", "geojson"))
"""https://vega.github.io/vega-lite/docs/type.html"""

SCALES = frozenset((
    "band", "bin-ordinal", "identity", "linear", "log", "ordinal", "point", "pow", "quantile", "quantize", "sequential",
    "sqrt", "symlog", "threshold", "time", "utc",
))  # fmt: skip
"""https://vega.github.io/vega-lite/docs/scale.html"""

CHANNEL_KEYS = frozenset((
    "aggregate", "align", "axis", "bandPosition", "bin", "bounds", "center", "columns", "condition", "datum", "expr",
    "field", "format", "formatType", "header", "impute", "legend", "scale", "sort", "spacing", "stack", "timeUnit",
    "title", "type", "value",
))  # fmt: skip
"""What a channel's definition may hold; a third of them belong to one channel only."""

COMPOSITIONS = ("layer", "hconcat", "vconcat", "concat")

DRAWING = ("mark", *COMPOSITIONS, "facet", "repeat", "spec")
"""One of these makes a view show something."""

VIEW_KEYS = frozenset((
    "$schema", "align", "autosize", "background", "bounds", "center", "columns", "config", "data", "datasets",
    "description", "encoding", "height", "name", "padding", "params", "projection", "resolve", "spacing", "title",
    "transform", "usermeta", "view", "width", *DRAWING,
))  # fmt: skip
"""https://vega.github.io/vega-lite/docs/spec.html"""

TRANSFORMS = frozenset((
    "aggregate", "bin", "calculate", "density", "extent", "filter", "flatten", "fold", "impute", "joinaggregate",
    "loess", "lookup", "pivot", "quantile", "regression", "sample", "stack", "timeUnit", "window",
))  # fmt: skip
"""https://vega.github.io/vega-lite/docs/transform.html"""

TIME_UNITS = (
    "year", "quarter", "month", "week", "day", "dayofyear", "date", "hours", "minutes", "seconds", "milliseconds",
    "yearmonth", "yearmonthdate", "yearmonthdatehours", "yearmonthdatehoursminutes", "yearquarter", "yearweek",
    "monthdate", "hoursminutes",
)  # fmt: skip
"""Units and their usual combinations: https://vega.github.io/vega-lite/docs/timeunit.html"""

TIME_UNIT = re.compile(
    r"(binned)?(utc)?(?=.)(year)?(quarter)?(month)?(week)?(dayofyear|date|day)?(hours)?(minutes)?(seconds)?(milliseconds)?"
)
"""Every combination of units, largest first."""
