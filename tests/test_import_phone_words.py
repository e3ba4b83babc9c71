"""Words beside phone numbers: left out where they stand behind one, never dialled as digits."""

import pytest

from winback_tui.intake.kinds.points import phones


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0711 123456 privat", "+49711123456"), ("0711 123456 Zentrale", "+49711123456"),
        ("0711 123456 - Lager", "+49711123456"), ("0711 123456 PRIVAT", "+49711123456"),
        ("0711 123456, Frau Maier", "+49711123456"), ("tel:+49711123456", "+49711123456"),
        # An extension is a part of the number, whatever its word, and so are letters of one
        # that is spelled.
        ("0711 123456 ext. 12", "+49711123456;ext=12"), ("0711 123456 x12", "+49711123456;ext=12"),
        ("Büro: 0711/123456 Durchwahl 12", "+49711123456;ext=12"),
        ("0800 FLOWERS", "+498003569377"),
    ],
)  # fmt: skip
def test_words_behind_a_number_are_no_part_of_it(cell: str, number: str) -> None:
    assert phones(cell, "DE") == ((number,), False)


@pytest.mark.parametrize(
    "cell", ["0711 / abc", "0711 abc", "0711", "siehe Mobil", "0711 123456 ab 14 Uhr"]
)
def test_what_is_no_number_with_or_without_its_words_is_told(cell: str) -> None:
    assert phones(cell, "DE") == ((), True)
