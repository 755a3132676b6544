"""Kinds of source and dataset by a third party, one module for each: all that it takes."""
