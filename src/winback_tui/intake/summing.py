"""Rows that sum up others, by the words in which lists of several languages say so."""

import re
from itertools import takewhile
from typing import Final

import polars as pl

#: What says “sum” by itself, and what may stand before or behind it.
_WORDS: Final = (
    r"(?:summen?|gesamt(?:summe|ergebnis|betrag|umsatz)?|(?:zwischen|end|teil)(?:summe|ergebnis)|"
    r"insgesamt|saldo|übertrag|uebertrag|saldovortrag|umsatz gesamt|"
    r"(?:tages|wochen|monats|quartals|jahres|rechnungs|seiten|kunden)(?:summe|umsatz)|"
    r"(?:(?:grand|overall|report|page) )?totals?|sub[- ]?totals?|sum|"
    r"(?:carried|brought) forward|"
    r"(?:sous-)?total(?: général| general| de la page)?|(?:à |report à )(?:reporter|nouveau)|"
    r"(?:sub)?totale(?: complessivo| generale| di pagina)?|(?:a )?riport(?:o|are)|somma|"
    r"(?:sub|eind)?totaal(?: generaal)?|algemeen totaal|"
    r"(?:sub)?total general|suma(?: y sigue| anterior| total| końcowa| koncowa| częściowa)?|"
    r"razem|podsumowanie|ogółem|łącznie|(?:do|z) przeniesienia|(?:mezi)?součet|celkem|"
    r"i ?alt|totalt|(?:del)?summa)"
)
#: Of what it is a sum: without tax, in a currency.
_OF: Final = r"(?:\s+\(?(?:netto|brutto|net|gross|ht|ttc|eur|chf|usd|gbp|pln|€|\$|£)\)?)?"
#: A row that sums up the others.
_SUMS: Final = (
    rf"(?i)^{_WORDS}{_OF}\s*:?$|"
    r"^(?:total for|summe für|gesamtsumme für|zwischensumme für|total pour)\s|"
    # Of a time: “Summe Mai 2026”, “Zwischensumme Q2”, “Total January”, “Summe KW 21”.
    r"^(?:summe|gesamt|gesamtsumme|zwischensumme|(?:sous-)?total|sub-?total|ergebnis|totale|"
    r"totaal|razem|suma)\s+"
    r"(?:januar|februar|märz|maerz|april|mai|juni|juli|august|september|oktober|november|dezember|"
    r"january|february|march|may|june|july|october|december|janvier|février|mars|avril|juin|"
    r"juillet|août|septembre|octobre|novembre|décembre|q[1-4]|[1-4]\.\s*quartal|quartal|"
    r"kw|kalenderwoche|week|woche|monat|month|mois|jahr|year|(?:19|20)\d\d)"
    r"[\s./\d-]*:?$"
)
#: A row that says what tax the others bear.
TAX: Final = (
    r"(?i)^(?:zzgl\.?|inkl\.?|plus|incl\.?|\+)?\s*(?:\d{1,2}(?:[.,]\d+)?\s*%\s*)?"
    r"(?:mwst|ust|mehrwertsteuer|umsatzsteuer|sales tax|vat|tva|iva|btw|moms|dph)\.?"
    r"(?:\s*\(?\d{1,2}(?:[.,]\d+)?\s*%\)?)?\s*:?$"
)
#: Before a customer right above it such a word sums up that customer's rows.
_SUM_OF: Final = (
    r"(?i)^(?:summen?|gesamt|gesamtsumme|zwischensumme|(?:sous-)?total|sub-?total|saldo|"
    r"(?:sub)?totale|(?:sub)?totaal|suma|razem):?\s+(.+)$"
)
#: What a customer's cell holds that says so.
MARKS: Final = (_SUMS, _SUM_OF)


def by_customer() -> pl.Expr:
    """Return which rows sum up others: by their words, or after the rows of the one they name."""
    number = pl.col("number")
    named = number.str.extract(_SUM_OF, 1)
    return number.str.contains(_SUMS) | (named == number.shift(1)).fill_null(value=False)


def says(cells: pl.Series) -> pl.Series | None:
    """Return which cells, of documents or articles, name a sum or a tax; None: none does."""
    first, last = cells.min(), cells.max()
    if not isinstance(first, str) or not isinstance(last, str) or last < ":":
        return None
    if re.search(r"[-\d]", _shared(first, last)):
        # All of them begin so, as numbers of documents do, and no word does.
        return None
    found = cells.str.contains(_SUMS) | cells.str.contains(TAX)
    return found if found.any() else None


def of_articles(said: pl.Series, rows: pl.DataFrame) -> pl.Series:
    """Return which rows whose article names a sum or a tax are one, by what stands beside them.

    What is all there is of a document was sold, whatever it is called; and so was what all rows
    say. `rows` has number and document.
    """
    if said.all() and len(said) > 1:
        return ~said
    alone = (pl.col("document") != "") & (pl.len().over("number", "document") == 1)
    found = said & ~rows.select(alone).to_series()
    # The rows that the first one sums up may stand in the batch before.
    return found | (said & (pl.int_range(len(said), eager=True) == 0) & found.any())


def _shared(one: str, other: str) -> str:
    """Return with what two texts both begin."""
    pairs = takewhile(lambda each: each[0] == each[1], zip(one, other, strict=False))
    return "".join(each for each, _ in pairs)
