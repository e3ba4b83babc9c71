"""Decisions of win-back on plain values; the as-of date is always an argument."""
