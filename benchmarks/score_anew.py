"""The whole way from transactions to scores: statistics of every customer, score, lists, store.

Usage: score_anew.py BOOK DATE.
"""

import sys
from datetime import date
from pathlib import Path

from winback_tui.book import statistics
from winback_tui.config import Config
from winback_tui.desk.scoring import renew
from winback_tui.desk.session import Desk


def main() -> None:
    with Desk.open(Path(sys.argv[1]), Config(), date.fromisoformat(sys.argv[2])) as desk:
        with desk.book.write() as connection:
            statistics.refresh(connection)
        renewal = renew(desk)
    print(f"{renewal.customers} customers scored")


if __name__ == "__main__":
    main()
