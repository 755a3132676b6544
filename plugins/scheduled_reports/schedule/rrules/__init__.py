"""Recurrence rules (RFC 5545): their text, their days and times, their words."""
