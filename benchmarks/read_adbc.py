"""The yardstick of reading: all transactions of a book into a frame through ADBC.

Usage: read_adbc.py BOOK; prints seconds and rows as JSON. Runs in a process of its own.
"""

import json
import sys
import time
from pathlib import Path

import adbc_driver_sqlite.dbapi
import polars as pl


def main() -> None:
    book = Path(sys.argv[1]).resolve()
    started = time.perf_counter()
    with adbc_driver_sqlite.dbapi.connect(f"{book.as_uri()}?mode=ro") as connection:
        frame = pl.read_database(
            "SELECT customer_id, day, amount, currency FROM transactions", connection
        )
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "rows": frame.height}))


if __name__ == "__main__":
    main()
