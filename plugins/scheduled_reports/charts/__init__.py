"""Charts: short forms, their Vega-Lite, and how they are drawn in a brand's look."""
