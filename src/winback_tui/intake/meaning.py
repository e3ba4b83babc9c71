"""What words in a row say about it: no purchase, money that went back, debit or credit.

Standard library only; for files of no known program, whose words nobody has listed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from winback_tui.intake import likeness
from winback_tui.intake.fields import normal
from winback_tui.model import RejectCode

#: Says of a header as `normal` writes it, its cells, and all columns whether it is of a kind.
Says = Callable[[str, Sequence[str], Sequence[str]], bool]

_WORDS: Final[Mapping[str, RejectCode]] = {
    **dict.fromkeys(
        ("cancelled", "canceled", "cancel", "storniert", "storno", "annulliert", "void", "voided",
         "abgebrochen", "trash", "geloescht", "deleted", "refunded", "erstattet", "fully_refunded",
         "rueckerstattet", "rembourse", "remboursee", "reembolsado", "reembolsada", "rimborsato",
         "rimborsata", "terugbetaald", "returned", "retourniert", "retoure", "retour",
         "zurueckgesendet", "zurueckgeschickt", "ruecklaeufer", "widerrufen", "retourne",
         "retournee", "geretourneerd", "devuelto", "devuelta", "zwrocone", "zwrot", "vraceno",
         "zruseno", "zrusena", "zurueckgezogen", "withdrawn", "zurueckgewiesen", "abgewiesen",
         "rueckgabe", "ruecksendung", "refund", "return", "rueckerstattung", "rueckzahlung",
         "refunderet", "refundert", "aterbetald", "aterbetalad", "tilbagebetalt", "avbruten",
         "avbrudt", "avbrutt", "rejected", "verworfen", "abgesagt", "no_show", "noshow",
         "nicht_erschienen"),
        RejectCode.CANCELLED),
    **dict.fromkeys(
        ("draft", "entwurf", "brouillon", "borrador", "bozza", "utkast", "kladde",
         "concept", "quote", "quotation", "offer", "angebot", "cart", "in_cart", "warenkorb",
         "im_warenkorb", "panier", "szkic",
         "wersja_robocza", "koncept", "oferta", "nabidka"), RejectCode.DRAFT),
    **dict.fromkeys(
        ("pending", "failed", "fehlgeschlagen", "declined", "denied", "expired", "abgelehnt",
         "vorgemerkt",
         "en_attente", "pendiente", "in_attesa",
         "payment_pending", "zahlung_ausstehend", "incomplete", "ausstehend", "not_finished",
         "fallido", "fallida", "fallito", "fallita", "pendente",
         "oczekuje_na_platnosc", "oczekujace", "ceka_na_platbu", "ceka_na_zaplaceni", "nieudane"),
        RejectCode.NOT_PAID),
    **dict.fromkeys(("lost", "verloren", "nicht_gewonnen", "not_won"), RejectCode.LOST),
    **dict.fromkeys(("test", "test_order", "testbestellung"), RejectCode.TEST_ORDER),
}  # fmt: skip
#: The same by parts of what a status says.
_PARTS: Final = (
    (
        re.compile(
            r"cancel|storn|annul|anulad|anulow|kansell|avbest|charged?_?back|rueckbelast|ruecklastschrift|makulera|\bvoid|abgebroch|reversed"
        ),
        RejectCode.CANCELLED,
    ),
    (re.compile(r"closed_(?:\w+_)?lost|deal_lost|(?:^|\d_)(?:lost|verloren)$"), RejectCode.LOST),
    (
        re.compile(
            r"(?:^|_)(?:prospect\w*|qualif\w+|unqualified|negotiat\w+|verhandlung\w*|proposal|"
            r"needs_analysis|id_decision_makers|perception_analysis)(?:$|_)|"
            r"^(?:appointment_?scheduled|presentation_?scheduled|decision_?maker_?bought_?in|"
            r"contract_?sent|opportunity|lead|demo|demo_scheduled)$"
        ),
        RejectCode.OPEN,
    ),
    (re.compile(r"draft|entwurf|quotation|\bangebot"), RejectCode.DRAFT),
    (
        re.compile(
            r"pending_payment|payment_(?:pending|error|failed|declined|review)|"
            r"await\w*_(?:\w+_)*(?:payment|check|cheque|wire|paypal)|zahlung_(?:ausstehend|offen_pr)|"
            r"wart\w*_auf_(?:\w+_)*zahlung|zahlungsfehler|abandoned|fraud|fehlgeschlagen|\bfailed|"
            # French, Spanish, Italian, Dutch, Polish, Czech and Scandinavian programs.
            r"attente_(?:de_|du_|d_)?(?:paiement|reglement|virement|cheque)|"
            r"(?:paiement|pago|pagamento|betaling|platnosc)_(?:\w+_)?(?:en_attente|echou|refus|pendient|pendent|"
            r"fallid|rechazad|in_attesa|fallit|rifiutat|mislukt|geweigerd|nieudan|odrzucon)|"
            r"pendiente_de(?:l)?_pago|aguard\w*_(?:o_)?pagamento|erreur_de_paiement|"
            r"attesa_(?:di_|del_)?(?:pagamento|bonifico)|"
            r"wacht\w*_op_(?:\w+_)?betaling|afwachting_van_(?:\w+_)?betaling|"
            r"oczekuj\w*_na_(?:platnosc|wplate|zaplate)|ceka_na_(?:platbu|zaplaceni)|"
            r"(?:afventer|venter_pa|vaentar_pa|vantar_pa)_betal|(?:^|_)(?:echouee?|echec|mislukt)(?:$|_)"
        ),
        RejectCode.NOT_PAID,
    ),
)
#: An order that waits for its money; an invoice like that was sold on account.
_UNPAID: Final = re.compile(
    r"^(?:(?:noch_)?nicht_(?:bezahlt|gezahlt)|unbezahlt|unpaid|not_(?:yet_)?paid|impayee?|"
    r"non_payee?|no_pagad[oa]|non_pagat[oa]|nieoplacon[eay]|niezaplacon[eay]|nezaplacen[oay]|neuhrazen[oay]|niet_betaald|onbetaald|ubetalt|obetald|ikke_betalt)$"
)
#: Headers of what is sold on account, and of what is ordered, or paid.
_ON_ACCOUNT: Final = re.compile(
    r"(?:rechnungs?|beleg)_?(?:nr|nummer|no|datum)|(?:^|_)rechnung$|invoice(?:$|_?(?:nr|no|number|id|date))|"
    r"faktur|factu|fattur|faellig|(?:^|_)due(?:$|_)|zahlungsziel|payment_terms?"
)
_ORDERS: Final = re.compile(r"order|bestel|auftrag|commande|pedido|ordin|zamowien|objednav")
_NUMBER: Final = re.compile(r"nr|num|_id|no$")
#: A header whose cells say yes or no.
_PAID: Final = re.compile(r"^(?:ist_)?bezahlt$|^(?:is_)?paid$|^gezahlt$")
#: What an invoice says that is not paid yet; to an order it says that it may never be.
_OWED: Final = re.compile(
    r"^await\w*_payment|^(?:zahlung_)?ausstehend$|^payment_(?:due|pending)$|^pending_payment$|"
    r"^wart\w*_auf_zahlung"
)
_PAYING: Final = re.compile(
    r"zahlung|bezahl|payment|paid|financial|paiement|betaal|pago|pagament|platnos|platb"
)
#: Before such a word it says the opposite, or no more than a part.
_NOT: Final = re.compile(r"(?:^|_)(?:not|nicht|never|partially|partly|teilweise|teil|un)_|^teil")
#: A document of which only a part went back is one that goes back all the same.
_OF_A_PART: Final = re.compile(
    r"^teil_?(?:wert_?)?(?:gutschrift|storno(?:rechnung|beleg)?$|retoure|ruecksendung|rueckgabe|rueckzahlung|"
    r"(?:rueck)?erstattung$|rechnungskorrektur)"
)
STATUS: Final = re.compile(
    r"status|zustand|(?:^|_)(?:stato|estado|statut|stav|etat)(?:$|_)|(?:^|_)(?:state|stage|phase)(?:$|_)|storno|cancel"
)
_OF_CUSTOMER: Final = re.compile(
    r"kunde|customer|client|member|mitglied|treue|loyal|(?:^|_)(?:vip|bonus)"
)
_OF_SALE: Final = re.compile(
    r"order|auftrag|bestell|rechnung|invoice|beleg|payment|zahl|paid|kauf|purchase|storno|cancel"
)
SHIPPING: Final = re.compile(r"ship|versand|liefer|deliver|fulfil|lager|stock|pick|pack")
_TYPE: Final = re.compile(
    r"^(?:beleg|rechnungs|dokument|dokumenten|document|invoice|transaction|transaktions|event|vorgangs|auftrags|"
    r"doc|bewegungs|buchungs|order|bestell)_?(?:art|typ|type|kind)(?:_?(?:name|text))?$|"
    r"^(?:typ|type|art|record_type|kind|tipo|soort)$|"
    r"^(?:tipo|type|soort)_(?:de_|di_)?(?:documento?|document|facture|factura|fattura|piece)$|"
    r"^(?:documento?|factuur)_?(?:soort|type|tipo)$|^(?:rodzaj|typ|druh)_(?:dokumentu|dokladu)$|"
    r"^(?:rodzaj|druh|clase|genre)$|^(?:dokument|bilags?|faktura)_?(?:type|typ)$"
)
_INVOICES: Final = re.compile(
    r"income|einnahme|rechnung|invoice|sale|kauf|purchase|zahlung|payment|charge|order|auftrag|faktura|facture|factura|fattura|"
    r"factuur"
)
_CREDITS: Final = re.compile(
    r"gutschrift|credit_(?:note|memo)|creditnote|rechnungskorrektur|korrekturrechnung|storn|cancel|refund|"
    r"nota_(?:de_)?(?:credito|abono)|nota_di_credito|credit_?nota|kredit_?nota|credit_?factuur|"
    r"rueckerstattung|rueckzahlung|erstattung|rueckgabe|rueckbelast|rueckbuchung|charge_?back|"
    r"ruecksendung|"
    r"retoure|return|(?:^|_)avoir(?:$|_)|reversal|rectificativa|nota_credito|nota_accredito|"
    r"faktura_korygujaca|(?:^|_)korekta(?:$|_)|dobropis|kredit_?faktura|facture_d_?annulation"
)
#: Documents beside the invoices: what they say is said by an invoice too, or is no sale.
_BESIDE: Final = (
    (re.compile(r"^test(?:$|_|zahlung|bestellung|kauf)"), RejectCode.TEST_ORDER),
    (re.compile(r"^void(?:ed)?(?:$|_)"), RejectCode.CANCELLED),
    (re.compile(r"^no_sale$|^[xz]_(?:report|bericht)"), RejectCode.NO_SALE),
    (
        re.compile(
            r"angebot|quote|quotation|estimate|offerte|entwurf|draft|^offer$|(?:^|_)devis(?:$|_)|"
            r"preventivo|presupuesto|^cotizacion|^oferta|nabidka|tilbud|^offert$|^anbud|orcamento|"
            r"kostenvoranschlag"
        ),
        RejectCode.DRAFT,
    ),
    (
        re.compile(
            r"lieferschein|delivery_note|packing|mahnung|reminder|dunning|auftragsbestaetigung|"
            r"bon_de_livraison|albaran|documento_di_trasporto|^ddt$|leveringsbon|pakbon|dodaci_list|"
            r"foelgeseddel|foeljesedel|^relance|herinnering|aanmaning|sollecito|^recordatorio|"
            r"upominka|upomnienie|confirmation_de_commande|orderbevestiging|conferma_d_?ordine|"
            r"confirmacion_de_pedido|potwierdzenie_zamowienia|ordrebekraeftelse|"
            r"order_confirmation|pro_?forma|^deposit$|payout|auszahlung|"
            r"^fee$|^gebuehr$|transfer|abbuchung|withdrawal|^bill$|^bill_credit$|purchase_invoice|"
            r"eingangsrechnung|lieferantenrechnung|supplier|vendor|expense|^ausgabe$"
        ),
        RejectCode.NO_SALE,
    ),
)
#: An event that tells of money that never came.
_NEVER_CAME: Final = re.compile(r"fail|fehlgeschlagen|declin|expired|incomplete|action_required")
#: What pays an invoice is no sale beside it; where no row is an invoice, it is the sale.
_PAYMENT: Final = re.compile(
    r"^(?:payment|zahlung|zahlungseingang|bill_payment|paiement|reglement|pago|pagamento|betaling|"
    r"platnosc)$"
)
_SALE: Final = re.compile(r"^(?:verkauf|sale|sales|artikel|vente|venta|vendita|verkoop|sprzedaz)$")
_INVOICE: Final = re.compile(
    r"rechnung|invoice|faktura|sales_receipt|facture|factura|fattura|factuur"
)
#: A status that is a kind of document: the row is money that went back.
_CREDIT_NOTE: Final = re.compile(
    r"^(?:gutschrift|rechnungskorrektur|credit_?(?:note|memo)|nota_di_credito|creditnota|avoir)$"
)
#: Kinds of documents as bookkeeping writes them, in two letters or three.
CODES: Final = {
    **dict.fromkeys(("re", "rg", "ar", "tr", "inv"), "rechnung"),
    **dict.fromkeys(("sr", "st", "sto"), "stornorechnung"),
    **dict.fromkeys(("gs", "gu", "gut", "rk", "crn"), "gutschrift"),
    **dict.fromkeys(("an", "ang"), "angebot"),
    **dict.fromkeys(("ma", "mah"), "mahnung"),
    **dict.fromkeys(("ls", "li"), "lieferschein"),
    "wkr": "entwurf",
    "credit": "gutschrift",
    "ab": "auftragsbestaetigung",
}
_ORDER: Final = re.compile(
    r"^(?:(?:kunden)?auftrag|bestellung|(?:sales_|kunden)?order|au|commande|pedido|ordine|bestelling|"
    r"zamowienie|objednavka)$"
)
#: Headers of what numbers its own receipts, and of their numbers.
BRANCH: Final = re.compile(
    r"^(?:filial\w*|branch|store|shop|outlet|standort|markt|verkaufsstelle|location|winkel|filiaal|"
    r"magasin|tienda|negozio|butik)(?:_?(?:nr|nummer|no|number|id|name|code))?$"
)
TILL: Final = re.compile(
    r"^(?:kasse|kassen|till|register|cash_register|terminal|pos|pos_terminal|kassa|caisse|caja|"
    r"cassa)(?:_?(?:nr|nummer|no|number|id|name|code))?$"
)
_RECEIPTS: Final = re.compile(r"bon|receipt|beleg|ticket|quittung|slip|kassenzettel")
_YES: Final = frozenset(
    ("1", "ja", "j", "yes", "y", "true", "t", "wahr", "x", "oui", "si", "sí", "sì", "test",
     "testbestellung", "✓")
)  # fmt: skip
_NO: Final = frozenset(("", "0", "false", "f", "no", "n", "nein", "falsch", "none", "null"))
_WENT_BACK: Final = re.compile(
    r"refund|erstatt|retour|return|rueckgabe|ruecksendung|rueckzahlung|ruecklaeufer|"
    r"zurueck(?!ge(?:zogen|wiesen))|rembours|reembols|rimbors|terugbetaald|devuelt|zwroc|zwrot|"
    r"vraceno|aterbetal|tilbagebetalt"
)
#: More words than this are names of something.
_FEW: Final = 20
_SIDES: Final = {
    **dict.fromkeys(
        (
            "s",
            "soll",
            "d",
            "dr",
            "debit",
            "deb",
            "debet",
            "dbit",
            "af",
            "dare",
            "debe",
            "-",
            "−",
            "wn",
            "winien",
        ),
        "debit",
    ),
    **dict.fromkeys(
        (
            "h",
            "haben",
            "c",
            "cr",
            "credit",
            "cred",
            "k",
            "crdt",
            "bij",
            "avere",
            "haber",
            "+",
            "ma",
            "kredit",
        ),
        "credit",
    ),
}


def no_purchase(cell: str) -> str:
    """Return the RejectCode that a status stands for, "" where it may be a purchase."""
    word = normal(cell)
    if word in _WORDS:
        return str(_WORDS[word])
    if _NOT.search(word):
        return ""
    return next((str(code) for mark, code in _PARTS if mark.search(word)), "")


def is_credit_note(cell: str) -> bool:
    """Return whether a status says that the row is a credit note."""
    return _CREDIT_NOTE.search(normal(cell)) is not None


def waits_for_money(header: str, columns: Sequence[str]) -> bool:
    """Return whether what is not paid yet is no purchase yet: of orders, not of invoices.

    `header` is the status's own, `columns` are those of the whole file.
    """
    names = [normal(likeness.parted(column)) for column in columns]
    if any(_ON_ACCOUNT.search(name) for name in names):
        return False
    own = normal(likeness.parted(header))
    numbers = (name for name in names if _NUMBER.search(name))
    return _PAYING.search(own) is not None or any(_ORDERS.search(name) for name in (own, *numbers))


def sold_on_account(columns: Sequence[str]) -> bool:
    """Return whether a file is one of invoices, by its columns, and of no orders."""
    names = [normal(likeness.parted(column)) for column in columns]
    return any(_ON_ACCOUNT.search(name) for name in names) and not _ordered(columns)


def _ordered(columns: Sequence[str]) -> bool:
    names = [normal(likeness.parted(column)) for column in columns]
    return any(_ORDERS.search(name) for name in names if _NUMBER.search(name))


def mostly_unpaid(header: str, cells: Sequence[str]) -> bool:
    """Return whether most rows that say something are not paid: they were sold on account."""
    said = [cell for cell in cells if cell.strip()]
    unpaid = is_no if _PAID.search(normal(likeness.parted(header))) else _is_unpaid
    return 2 * sum(map(unpaid, said)) > len(said) > 1


def _is_unpaid(cell: str) -> bool:
    return _UNPAID.search(normal(cell)) is not None


def status_under(
    header: str, columns: Sequence[str] = (), *, on_account: bool = False
) -> Callable[[str], str]:
    """Return what reads the statuses of a column as `no_purchase` does, in a file of `columns`.

    What has not been shipped yet was bought all the same: there only what was called off counts.
    What has not been paid yet was, where it is an invoice, and with `on_account`.
    """
    if _PAID.search(normal(likeness.parted(header))):
        waits = waits_for_money(header, columns) and not on_account and _ordered(columns)
        return lambda cell: str(RejectCode.NOT_PAID) if waits and is_no(cell) else ""
    if not SHIPPING.search(normal(header)):
        if sold_on_account(columns):
            return lambda cell: "" if _OWED.search(normal(cell)) else no_purchase(cell)
        if on_account or not waits_for_money(header, columns):
            return no_purchase
        return lambda cell: str(RejectCode.NOT_PAID) if _is_unpaid(cell) else no_purchase(cell)

    def of_shipping(cell: str) -> str:
        code = no_purchase(cell)
        return code if code == RejectCode.CANCELLED else ""

    return of_shipping


def goes_back(cell: str) -> bool:
    """Return whether a kind of document says that money goes back to the customer."""
    word = _kind(cell)
    if _OF_A_PART.search(word):
        return True
    return _CREDITS.search(word) is not None and not _NOT.search(word)


def calls_off(cell: str) -> bool:
    """Return whether a kind of document cancels another one."""
    return goes_back(cell) and re.search(r"storn|cancel", _kind(cell)) is not None


def _kind(cell: str) -> str:
    """Return a kind of document as a word, for its code too."""
    word = normal(cell)
    return CODES.get(word, word)


def is_order(cell: str) -> bool:
    """Return whether a kind of document is an order, which an invoice may follow."""
    return _ORDER.search(_kind(cell)) is not None


def is_bill(cell: str) -> bool:
    """Return whether a kind of document bills somebody, so that a “credit” beside it is a note."""
    return re.search(r"charge|bill|debit", _kind(cell)) is not None or is_invoice(cell)


def is_sale(cell: str) -> bool:
    """Return whether a kind of row is a sale in so many words."""
    return _SALE.search(_kind(cell)) is not None


def is_payment(cell: str) -> bool:
    """Return whether a kind of row is a payment."""
    return _PAYMENT.search(_kind(cell)) is not None


def is_invoice(cell: str) -> bool:
    """Return whether a kind of document is an invoice."""
    return bool(cell) and invoiced((cell,))


def numbering(header: str) -> str:
    """Return whether a header of numbers is one of a "receipt", of an "order", or neither ("")."""
    if _RECEIPTS.search(header):
        return "receipt"
    return "order" if _ON_ACCOUNT.search(header) or _ORDERS.search(header) else ""


def invoiced(cells: Sequence[str]) -> bool:
    """Return whether some of these kinds of documents are invoices."""
    words = [cell for cell in cells if _INVOICE.search(_kind(cell))]
    return any(not goes_back(c) and not beside_invoice(c, invoices=False) for c in words)


def beside_invoice(cell: str, *, invoices: bool, ordered: bool = False) -> str:
    """Return the RejectCode of a kind of document that is no sale, "" for others.

    `invoices`: the file has invoices too, beside which a payment is none. `ordered`: it has the
    orders of its invoices, too.
    """
    word = _kind(cell)
    if ordered and _ORDER.search(word):
        return str(RejectCode.NO_SALE)
    if _NEVER_CAME.search(word):
        return str(RejectCode.NOT_PAID)
    if invoices and _PAYMENT.search(word):
        return str(RejectCode.NO_SALE)
    return next((str(code) for mark, code in _BESIDE if mark.search(word)), "")


def is_yes(cell: str) -> bool:
    """Return whether a cell says yes in so many words."""
    return cell.strip().casefold() in _YES


def is_no(cell: str) -> bool:
    """Return whether a cell says no in so many words; a blank one says nothing."""
    return bool(cell.strip()) and cell.strip().casefold() in _NO


def is_set(cell: str) -> bool:
    """Return whether a cell says yes, or when: not blank, no, or a date of noughts."""
    bare = cell.strip().casefold()
    return bare not in _NO and re.fullmatch(r"[0\-:. T]*", bare) is None


def went_back(cell: str) -> bool:
    """Return whether a status says that money or goods went back, not that nothing was sold."""
    word = normal(cell)
    return _WENT_BACK.search(word) is not None and not _NOT.search(word)


def side(cell: str) -> str:
    """Return "debit", "credit" or ""."""
    return _SIDES.get(cell.strip().strip(".").casefold(), "")


def of_customer(header: str) -> bool:
    """Return whether a status is that of a customer, who may leave and has bought all the same."""
    return _OF_CUSTOMER.search(header) is not None and _OF_SALE.search(header) is None


def says_status(header: str, cells: Sequence[str], columns: Sequence[str] = ()) -> bool:
    """Return whether a column says of rows that they are no purchases, or credit notes."""
    said = _PAID.search(header) and all(is_yes(c) or is_no(c) for c in cells if c.strip())
    if not (STATUS.search(header) or said) or of_customer(header):
        return False
    reads = status_under(header, columns)
    return any(reads(cell) or is_credit_note(cell) for cell in cells)


def may_say(field: str, header: str, cells: Sequence[str]) -> bool:
    """Return whether a column will tell of later rows what it tells of none of the first.

    It has few words, none of which is odd, under a header that speaks of a status or a document.
    """
    words = {_kind(cell) for cell in cells} - {""}
    if not 0 < len(words) <= _FEW:
        return False
    if field == "document_type":
        return _TYPE.search(header) is not None and all(_INVOICES.search(word) for word in words)
    return re.search(r"status|zustand", header) is not None and not of_customer(header)


def of_kinds(header: str) -> bool:
    """Return whether a header speaks of kinds of documents."""
    return _TYPE.search(header) is not None


def says_type(header: str, cells: Sequence[str], _columns: Sequence[str] = ()) -> bool:
    """Return whether a column says what kind of document each row is, and not all are sales."""
    words = [_kind(cell) for cell in cells]
    if {side(cell) for cell in cells} >= {"debit", "credit"}:
        return False
    if not _TYPE.search(header) or not any(_INVOICES.search(word) for word in words):
        return False
    bills = invoiced(cells)
    return any(
        goes_back(cell) or beside_invoice(cell, invoices=bills) or (bills and is_order(cell))
        for cell in cells
    )
