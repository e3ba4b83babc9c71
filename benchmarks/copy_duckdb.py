"""Copies a CSV file into a bare SQLite table: `python copy_duckdb.py FILE.csv FILE.db`."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Copy as duckdb does it best: parallel reading, all columns as text."""
    import duckdb
    import duckdb_extension_sqlite_scanner

    source, target = (str(Path(each).absolute()).replace("'", "''") for each in sys.argv[1:3])
    folder = Path(next(iter(duckdb_extension_sqlite_scanner.__path__)))
    extension = next(folder.rglob("*.duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"ATTACH '{target}' AS book (TYPE sqlite)")
    connection.execute(
        f"CREATE TABLE book.lines AS SELECT * FROM read_csv('{source}', all_varchar = true)"
    )
    connection.close()


if __name__ == "__main__":
    main()
