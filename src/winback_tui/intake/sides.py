"""Amounts in two columns, of debit and of credit: which are sales is asked."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from winback_tui.intake import likeness
from winback_tui.intake.fields import Field, normal, shell
from winback_tui.intake.unclear import UnclearError

#: Headers of two columns of amounts, of which each row fills one, as `normal` writes them.
_DEBIT: Final = (
    "soll|debit|debet|belastung(?:en)?|lastschrift(?:en)?|debe|dare|af|paid_out|money_out|"
    "withdrawals?|ausgaben?|ausgaenge?|auszahlung(?:en)?|sollbetrag|sollumsatz|"
    "addebit[oi]|cargos?|debito|obciazeni[ae]"
)
_CREDIT: Final = (
    "haben|credit|kredit|gutschrift(?:en)?|haber|avere|bij|paid_in|money_in|deposits?|"
    "einnahmen?|eingaenge?|einzahlung(?:en)?|habenbetrag|habenumsatz|"
    "accredit[oi]|abonos?|credito|uznani[ae]"
)
_SIDE_OF_TWO: Final = r"(?:(?:betrag|amount|umsatz|summe)_)?(?:%s)(?:_(?:betrag|amount|umsatz))?"


def two_sides(name: str, columns: Sequence[str], mapped: Mapping[str, str]) -> None:
    """Raise UnclearError where amounts stand in a column of debit and one of credit."""
    if Field.AMOUNT in mapped or {Field.QUANTITY, Field.PRICE} <= set(mapped):
        return
    debit, credit = (
        next(
            (c for c in columns if re.fullmatch(_SIDE_OF_TWO % words, normal(likeness.bare(c)))),
            None,
        )
        for words in (_DEBIT, _CREDIT)
    )
    if debit is None or credit is None:
        return
    fact = f"amounts stand under “{debit}” and “{credit}”, but not which of them are sales"
    first, second = (
        f"--map {shell(one, Field.AMOUNT)} --map {shell(other, Field.AMOUNT_BACK)}"
        for one, other in ((debit, credit), (credit, debit))
    )
    raise UnclearError(
        f"{name}: {fact}; say {first} where “{debit}” holds them, as in a customer's account, or "
        f"{second} where “{credit}” does, as in a bank's; without amount_back, rows of the other "
        "side are left out, such as payments.",
        "mapping",
        fact=f"{fact[0].upper()}{fact[1:]}: make that one {Field.AMOUNT}, and the other "
        f"{Field.AMOUNT_BACK} if its rows went back",
    )
