"""Polars frames in, polars frames out: statistics, the score and its reasons."""

import os

# The fits solve systems of four equations; threads for them only wait for each other, which
# makes a fit three times as long. It must be said before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
