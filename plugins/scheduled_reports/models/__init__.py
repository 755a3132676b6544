"""Canonical models: the shape of a table that several sources are brought into."""
