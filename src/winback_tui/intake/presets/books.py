"""Bookkeeping and banks: DATEV booking batches, statements of German banks."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Cells, Preset, chosen, first_of
from winback_tui.model import RejectCode

#: Places in DATEV's first line, from 0: start of the business year, length of the general ledger
#: accounts, first and last day of the batch.
_YEAR_START, _LENGTH, _FROM, _TO, _CURRENCY = 12, 13, 14, 15, 21
#: Revenue accounts begin with 8 in the chart SKR03 and with 4 in SKR04.
_REVENUE: Final = ("8", "4")


def _datev(cells: Cells, above: Sequence[str]) -> Cells:
    head = _first_line(above)
    # What is not one of DATEV's four to eight places is no length (a damaged first line).
    length = int(head[_LENGTH]) if head[_LENGTH] in {*"45678"} else 4
    account, other = (_account(cells[name]) for name in ("konto", "gegenkonto"))
    # A customer's account has one digit more than a ledger's: 10000 to 69999 beside 8400.
    debtor = rf"^[1-6]\d{{{length}}}$"
    here, there = account.str.contains(debtor), other.str.contains(debtor)
    frame = pl.DataFrame({
        "here": here, "there": there & ~here, "account": account, "other": other,
        "side": cells["side"].str.strip_chars().str.to_uppercase(), "amount": cells[Field.AMOUNT],
    })  # fmt: skip
    against = pl.when("here").then("other").when("there").then("account")
    ledger = against.str.len_chars() == length
    sale = ledger & against.str.head(1).is_in(_REVENUE)
    debit = (pl.col("here") & (pl.col("side") == "S")) | (pl.col("there") & (pl.col("side") == "H"))
    bare = pl.col("amount").str.strip_chars().str.strip_prefix("-")
    made = frame.select(
        pl.when("here")
        .then("account")
        .when("there")
        .then("other")
        .otherwise(pl.lit(""))
        .alias("n"),
        pl.when(debit | (bare == "")).then(bare).otherwise("-" + bare).alias("a"),
        pl.when(~(pl.col("here") | pl.col("there")) | ~sale.fill_null(value=False))
        .then(pl.lit(str(RejectCode.NO_SALE)))
        .otherwise(pl.lit(""))
        .alias("skip"),
    )
    return {
        **cells,
        Field.CUSTOMER: made["n"],
        Field.AMOUNT: made["a"].alias(cells[Field.AMOUNT].name),
        Field.DATE: _with_year(cells[Field.DATE], head),
        "skip": made["skip"],
    }


def _account(cells: pl.Series) -> pl.Series:
    return cells.str.strip_chars().str.strip_chars_start("0")


def _first_line(above: Sequence[str]) -> list[str]:
    """Return the cells of the line that begins with EXTF, long enough to be asked."""
    line = next((each for each in above if each.lstrip('\ufeff"').startswith(("EXTF", "DTVF"))), "")
    return [each.strip(' "\r\ufeff') for each in line.split(";")] + [""] * 30


def _with_year(cells: pl.Series, head: Sequence[str]) -> pl.Series:
    """Return days without a year (DDMM) as ISO dates, in the span that the first line names."""
    begin = next((head[at] for at in (_FROM, _YEAR_START) if _is_day(head[at])), "")
    short = cells.str.strip_chars().str.extract(r"^(\d{3,4})$").str.zfill(4)
    if short.is_null().all():
        return cells
    if not begin:
        raise BadInputError(
            "The first line of this DATEV file names no year for its dates; export it once more."
        )
    year = int(begin[:4])
    # A batch that runs over New Year: what is before its first day is of the next year.
    frame = pl.DataFrame({"cell": cells, "short": short}).with_columns(
        pl.concat_str(pl.col("short").str.slice(2), pl.col("short").str.head(2)).alias("monthday")
    )
    of = pl.when(pl.col("monthday") >= begin[4:]).then(pl.lit(year)).otherwise(pl.lit(year + 1))
    iso = pl.concat_str(
        of.cast(pl.String), pl.lit("-"), pl.col("monthday").str.head(2), pl.lit("-"),
        pl.col("monthday").str.slice(2),
    )  # fmt: skip
    return frame.select(pl.when(pl.col("short").is_null()).then("cell").otherwise(iso)).to_series()


def _is_day(cell: str) -> bool:
    return len(cell) == 8 and cell.isascii() and cell.isdigit()


DATEV: Final = Preset(
    name="datev_bookings",
    title="DATEV bookings (Buchungsstapel)",
    editions=(
        ("umsatz_ohne_soll_haben_kz", "soll_haben_kennzeichen", "konto", "belegdatum",
         "gegenkonto_ohne_bu_schluessel|gegenkonto"),
    ),
    columns={
        Field.AMOUNT: "umsatz_ohne_soll_haben_kz",
        Field.CURRENCY: "wkz_umsatz",
        Field.DATE: "belegdatum",
        Field.DOCUMENT: "belegfeld_1",
        "side": "soll_haben_kennzeichen",
        "konto": "konto",
        "gegenkonto": "gegenkonto_ohne_bu_schluessel|gegenkonto",
    },
    currency="EUR",
    shape=_datev,
)  # fmt: skip


_PENDING: Final = r"(?i)vorgemerkt|pending|nicht gebucht"


#: Who paid, where a bank writes it into the text of the booking alone.
_PAYER_IN_TEXT: Final = r"(?i)Auftraggeber:\s*(.+?)\s*(?:Buchungstext:|Kto/IBAN:|BLZ/BIC:|Ref\.|$)"


def _bank(cells: Cells, _above: Sequence[str]) -> Cells:
    amount = first_of(cells, Field.AMOUNT, "credit")
    if "payer" not in cells:
        cells = {**cells, "payer": cells["told"].str.extract(_PAYER_IN_TEXT, 1).fill_null("")}
    paid = amount.str.strip_chars().str.contains(r"^[-−–(]|-$|\bS$")
    if "side" in cells:
        side = cells["side"].str.strip_chars().str.to_uppercase()
        if side.is_in(["S", "H", ""]).all():
            paid |= side == "S"
    waiting = first_of(cells, "state").str.contains(_PENDING)
    skip = chosen(waiting, RejectCode.NOT_PAID, chosen(paid, RejectCode.OUTGOING))
    # No account and no name: interest, fees, and the balance in a footer.
    nobody = first_of(cells, "iban", "payer").str.strip_chars() == ""
    return {
        **cells,
        Field.CUSTOMER: first_of(cells, "iban", "payer").str.replace_all(r"\s+", " "),
        Field.NAME: first_of(cells, "payer"),
        Field.AMOUNT: amount.alias(cells[Field.AMOUNT].name) if Field.AMOUNT in cells else amount,
        "skip": chosen(nobody, RejectCode.NO_SALE, skip),
    }


_PAYERS: Final = (
    "beguenstigter_zahlungspflichtiger|zahlungspflichtige_r|auftraggeber_beguenstigter"
    "|auftraggeber_empfaenger|auftraggeber_zahlungsempfaenger|beguenstigter_auftraggeber"
    "|name_zahlungsbeteiligter|empfaenger_auftraggeber|zahlungsbeteiligter|auftraggeber"
    "|zahlungspflichtiger|partner_name|payee|name"
)
#: Of these a statement alone speaks.
_BOTH_WAYS: Final = (
    "beguenstigter_zahlungspflichtiger|auftraggeber_beguenstigter|auftraggeber_empfaenger"
    "|auftraggeber_zahlungsempfaenger|beguenstigter_auftraggeber|name_zahlungsbeteiligter"
    "|empfaenger_auftraggeber|zahlungsbeteiligter"
)
#: What says debit or credit; old statements of Volksbanken have it in a column without a header.
_SIDE: Final = "|".join((
    *("soll_haben", "s_h", "soll_haben_kennzeichen"),
    *(f"column_{place}" for place in range(4, 30)),
))  # fmt: skip
_BOOKED: Final = "buchungstag|buchungsdatum|buchung|bookingdate|booking_date"
_BANK_AMOUNT: Final = "betrag|betrag_eur|betrag_in_eur|umsatz|umsatz_in_eur"

BANK: Final = Preset(
    name="german_bank",
    title="Statement of a German bank",
    editions=(
        (_BOOKED, "verwendungszweck", _PAYERS, _BANK_AMOUNT),
        (_BOOKED, "vorgang", "buchungstext", _BANK_AMOUNT),
        (_BOOKED, _BOTH_WAYS, _BANK_AMOUNT),
        ("datum", "verwendungszweck", f"{_BOTH_WAYS}|auftraggeber", _BANK_AMOUNT),
        (_BOOKED, "auftraggeber", "valuta|valutadatum|wertstellung|iban|saldo", _BANK_AMOUNT),
        ("booking_date|date", "payment_reference", "partner_name|payee", "amount_eur|amount"),
    ),
    columns={
        Field.DATE: f"{_BOOKED}|date|datum",
        Field.AMOUNT: f"{_BANK_AMOUNT}|amount_eur|amount",
        Field.CURRENCY: "waehrung|waehrung_2",
        "payer": _PAYERS,
        "told": "buchungstext",
        "iban": "kontonummer_iban|iban_zahlungsbeteiligter|partner_iban|iban|kontonummer"
        "|account_number",
        "state": "info|status|umsatzstatus",
        "side": _SIDE,
    },
    currency="EUR",
    shape=_bank,
)  # fmt: skip


#: Sage 50: kinds of postings of the sales ledger, with what they do to what a customer bought.
_INVOICE, _CREDIT = "SI", "SC"


def _sage(cells: Cells, _above: Sequence[str]) -> Cells:
    kind = cells["type"].str.strip_chars().str.to_uppercase()
    amount = cells[Field.AMOUNT]
    bare = amount.str.strip_chars().str.strip_prefix("-")
    frame = pl.DataFrame({"kind": kind, "bare": bare})
    signed = frame.select(
        pl.when(pl.col("kind") == _CREDIT).then("-" + pl.col("bare")).otherwise("bare")
    ).to_series()
    return {
        **cells,
        Field.AMOUNT: signed.alias(amount.name),
        "skip": chosen(~kind.is_in([_INVOICE, _CREDIT]), RejectCode.NO_SALE),
    }


SAGE: Final = Preset(
    name="sage_50",
    title="Sage 50 transactions (audit trail)",
    editions=(("type", "account_reference", "nominal_a_c_ref", "date", "net_amount"),),
    columns={
        Field.CUSTOMER: "account_reference",
        Field.DATE: "date",
        Field.AMOUNT: "net_amount",
        Field.DOCUMENT: "reference",
        Field.PRODUCT_NAME: "details",
        "type": "type",
    },
    shape=_sage,
)
