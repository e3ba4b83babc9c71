"""Days and letters as programs of several countries write them."""

from pathlib import Path

import polars as pl
import pytest

from tests.test_intake_files import given, planned


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1er mars 2026", "2026-03-01"), ("9 août 2026", "2026-08-09"),
        ("3 juin 2026", "2026-06-03"), ("3 juil. 2026", "2026-07-03"),
        ("3 de junio de 2026", "2026-06-03"), ("15-ene-26", "2026-01-15"),
        ("12 giugno 2026", "2026-06-12"), ("30 settembre 2026", "2026-09-30"),
        ("5 mrt. 2026", "2026-03-05"), ("7 maja 2026 r.", "2026-05-07"),
        ("2 października 2026", "2026-10-02"), ("11 listopada 2026", "2026-11-11"),
        ("4. června 2026", "2026-06-04"), ("4. července 2026", "2026-07-04"),
        ("lunedì 25 maggio 2026", "2026-05-25"), ("martes, 5 de mayo de 2026", "2026-05-05"),
        ("2026-W21-3", "2026-05-20"), ("2026W213", "2026-05-20"),
    ],
)  # fmt: skip
def test_a_day_is_read_with_its_month_in_several_languages(
    tmp_path: Path, cell: str, day: str
) -> None:
    made = planned(given(tmp_path, f'Kunde;Datum;Betrag\nA;"{cell}";9,50\n'))
    assert made.rows["day"].cast(pl.Int32).cast(pl.Date).cast(pl.String).to_list() == [day]


def test_a_month_that_nobody_knows_is_rejected(tmp_path: Path) -> None:
    made = planned(given(tmp_path, "Kunde;Datum;Betrag\nA;5 xyz 2026;9,50\n"))
    assert made.rejects["_code"].to_list() == ["bad_date"]


@pytest.mark.parametrize("mark", list("'’ʼ´`′"))
def test_every_apostrophe_parts_thousands(tmp_path: Path, mark: str) -> None:
    made = planned(given(tmp_path, f"Kunde;Datum;Betrag CHF\nA;21.05.2026;1{mark}234.50\n"))
    assert made.rows["amount"].to_list() == [123450]


POLISH = "Kontrahent;Data;Wartość netto\nŁódź Sp. z o.o.;21.05.2026;9,50\nŻak Bąk;22.05.2026;1,50\n"
CZECH = "Zákazník;Datum;Částka\nJiří Dvořák;21.05.2026;9,50\nŠťastná;22.05.2026;1,50\n"


@pytest.mark.parametrize("text", [POLISH, CZECH], ids=["Polish", "Czech"])
@pytest.mark.parametrize(
    ("codec", "title"), [("cp1250", "Windows-1250"), ("iso8859-2", "ISO 8859-2")]
)
def test_polish_and_czech_letters_are_read(
    tmp_path: Path, text: str, codec: str, title: str
) -> None:
    made = planned(given(tmp_path, text.encode(codec)))
    assert made.guess.encoding == title
    assert made.rows["number"].to_list() == [line.split(";")[0] for line in text.splitlines()[1:]]


@pytest.mark.parametrize(
    "name",
    [
        "Müller & Söhne",
        "Crème Brûlée",
        "Øster Ærø",
        "Peña y Cía",
        "10 m³ Kies",
        "20 Nm³h Luft, Lefèvre",
        "£ Shop",
    ],
)
def test_western_letters_are_read_as_before(tmp_path: Path, name: str) -> None:
    text = f"Kunde;Datum;Betrag\n{name};21.05.2026;9,50\nÄ;22.05.2026;1,50\n"
    made = planned(given(tmp_path, text.encode("cp1252")))
    assert made.guess.encoding == "Windows-1252"
    assert made.rows["number"].to_list() == [name, "Ä"]
