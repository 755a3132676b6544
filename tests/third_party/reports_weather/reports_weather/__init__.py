"""Kinds of source, dataset and channel by a third party, one module for each: all that it takes."""
