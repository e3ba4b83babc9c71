"""Files of which the first rows tell less than the later ones: these are read no worse."""

from pathlib import Path

import pytest

from tests.foreign import bought, refusal
from tests.test_intake_files import given, planned
from winback_tui.intake import firstrows

HEADER = "Kundennummer;Datum;Rechnungsnummer;{};Betrag\n"


@pytest.fixture(autouse=True)
def _only_the_first_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the file were long: of these little ones only the first rows are looked at."""
    monkeypatch.setattr(firstrows, "_ENOUGH", 400)


def long(header: str, cell: str, last: str) -> str:
    """Return a file of thirty rows with a `cell` that says nothing, and one that does."""
    usual = "".join(f"K{n};21.05.2026;R{n};{cell};1,00\n" for n in range(30))
    return HEADER.format(header) + usual + last


@pytest.mark.parametrize(
    ("header", "cell", "said", "amount"),
    [
        ("Belegart", "Rechnung", "Gutschrift", -900), ("Typ", "Verkauf", "Retoure", -900),
        ("Belegart", "Rechnung", "Mahnung", None), ("Zustand (x)", "fertig", "storniert", None),
        ("Beleg storniert", "nein", "ja", None), ("Bestellstatus", "neu", "Entwurf", None),
        ("Belegart", "Rechnung", "Rechnung", 900), ("Farbstatus", "rot", "blau", 900),
    ],
)  # fmt: skip
def test_what_only_a_late_row_says_counts(
    tmp_path: Path, header: str, cell: str, said: str, amount: int | None
) -> None:
    path = given(tmp_path, long(header, cell, f"A;22.05.2026;R99;{said};9,00\n"))
    made = planned(path)
    late = [money for number, money, _ in bought(made) if number == "A"]
    assert late == ([] if amount is None else [amount])
    assert made.rows.height == 30 + len(late)


def test_late_guests_are_told_apart(tmp_path: Path) -> None:
    text = "Kundennummer;Name;Datum;Betrag\n" + "".join(
        f"{n + 1000};Nord;21.05.2026;1,00\n" for n in range(30)
    )
    late = "0;Eva;22.05.2026;2,00\n0;Udo;22.05.2026;3,00\n"
    numbers = [number for number, *_ in bought(planned(given(tmp_path, text + late)))]
    assert numbers[-2:] == ["Eva", "Udo"]


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("A;22.05.2026;R99;x;9.75\n", "numbers of both kinds"),
        ("A;05/22/2026;R99;x;9,75\n", "dates of both orders"),
    ],
)
def test_late_numbers_and_days_of_another_kind_are_asked_about(
    tmp_path: Path, last: str, told: str
) -> None:
    assert told in refusal(given(tmp_path, long("Text", "x", last)))
