"""What the number of a document tells of it, and for how long."""

from typing import Final

#: A pattern of numbers that begin anew with no year, month, day or till: 1001, RE2026-7.
LASTING: Final = r"[1-9]\d{3}"
#: So many days around a sale a row under its number may speak of it.
LATER: Final = 366
