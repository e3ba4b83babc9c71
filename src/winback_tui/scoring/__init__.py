"""Polars frames in, polars frames out: statistics, the score and its reasons."""
