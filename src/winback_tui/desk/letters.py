"""What a come-back mail to a customer says: the template that fits, filled with their own facts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from winback_tui import paths
from winback_tui.book import cases, handover_facts, listing
from winback_tui.book import dossier as book
from winback_tui.book import offers as offer_book
from winback_tui.book.connection import plain_errors
from winback_tui.desk import gate
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, Channel, LeavingReason
from winback_tui.outreach import letters, mails
from winback_tui.outreach.mails import Template
from winback_tui.rules import offers as rules
from winback_tui.rules.consent import Contactability
from winback_tui.rules.offers import Made
from winback_tui.words.deeds import REASONS
from winback_tui.words.format import Formats

#: So many products stand in a mail.
_PRODUCTS = 3
#: So many customers are looked at for an example.
_TRIED = 20


class Asked(NamedTuple):
    """A mail as it is asked for; what is empty is chosen.

    `rung` names the ladder's rung (else that of the last open offer, or a personal message);
    `offer` is what exactly is offered (else what the offer's note says); `valid_until` a day;
    `justify` why the mail is expected where consent only warns.
    """

    rung: str = ""
    template: str = ""
    language: str = ""
    offer: str = ""
    valid_until: date | None = None
    justify: str = ""


class Mail(NamedTuple):
    """A mail to one customer, ready to be read; `refused` says why it cannot be written, or "".

    `person` is whose address it is, "" for the house's own; `state` is where that address stands.
    """

    customer: int
    number: str
    name: str
    person: str
    address: str
    state: Contactability
    rung: str
    template: Template
    subject: str
    body: str
    refused: str


def templates(language: str = "") -> list[Template]:
    """Return the templates that this user has, their own in the place of shipped ones."""
    _known_language(language)
    return mails.templates(template_dir(), language)


def template_dir() -> Path:
    """Return where the user's own templates lie; it need not exist."""
    return paths.config_file().parent / "templates"


def copy_templates() -> list[Path]:
    """Copy the shipped templates to the user's folder, without overwriting; return those made."""
    made: list[Path] = []
    for each in mails.templates(mails.SHIPPED):
        place = template_dir() / each.language / f"{each.name}.txt"
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            paths.write_atomically(place, each.text)
            made.append(place)
    return made


def example(desk: Desk, customers: Sequence[int], asked: Asked) -> Mail:
    """Return the mail to the first of these to whom one may be written, to be read for all.

    Where the first few of them may not be written to, it is the mail to the first, and says why.
    Raises what `mails_of` does.
    """
    mails = (mails_of(desk, [each], asked)[each] for each in customers[:_TRIED])
    first = next(mails)
    return first if not first.refused else next((m for m in mails if not m.refused), first)


def mails_of(desk: Desk, customers: Sequence[int], asked: Asked) -> dict[int, Mail]:
    """Return what a mail to each of these customers would say, and whether it may be written.

    Raises BadInputError for a template, a rung or a language that is not there, and for a template
    that cannot be filled.
    """
    language = language_of(desk, asked.language)
    known = mails.templates(template_dir())
    steps = rules.ladder(desk.config.offers)
    rung = rules.rung_of(steps, asked.rung).code if asked.rung else ""
    with plain_errors(desk.book.path):
        connection = desk.book.connection
        states = cases.load_many(connection, customers)
        made = offer_book.made(connection, customers)
        gates = gate.gate(desk, customers, Channel.EMAIL)
        records = listing.records(connection, customers)
    found: dict[int, Mail] = {}
    for customer in customers:
        state = states[customer]
        offer = _open_offer(made.get(customer, []), state)
        wanted = rung or (offer.rung if offer else "personal")
        reason = state.assessed or state.reason
        template = (
            mails.named(known, language, asked.template)
            if asked.template
            else mails.choose(known, language, wanted, reason.value if reason else "")
        )
        rungs = {wanted}
        if asked.template:
            # A template of another rung makes what that rung costs no cheaper.
            wanted = next((s.code for s in steps if template.name.split("-")[0] == s.code), wanted)
            rungs.add(wanted)
        at = gate.chosen(gates[customer])
        identity = handover_facts.identity(desk.book.connection, customer)
        person = at.address.person if at else ""
        record = records.get(customer)
        facts = _facts(
            desk,
            customer,
            template.language,
            person=person,
            last=listing.EPOCH + timedelta(days=record.last_day) if record else None,
            reason=reason,
            offer=asked.offer or _note_of(desk, offer),
            valid_until=asked.valid_until,
        )
        written = mails.render(template, facts)
        refused = _refused(desk, gates[customer], rungs, offer)
        found[customer] = Mail(
            customer,
            identity.number,
            identity.name or identity.number,
            person,
            at.address.value.strip() if at else "",
            at.state if at else gates[customer].state,
            wanted,
            template,
            written.subject,
            written.body,
            refused,
        )
    return found


def language_of(desk: Desk, asked: str = "") -> str:
    """Return the language of a mail: as asked, as the config says, or the user's own."""
    chosen = asked or desk.config.mails.language
    _known_language(chosen)
    if chosen:
        return chosen
    import os

    locale = desk.config.user.locale or next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "de" if locale.casefold().startswith("de") else "en"


def _known_language(text: str) -> None:
    if text and text not in mails.LANGUAGES:
        there = " and ".join(mails.LANGUAGES)
        raise BadInputError(f"“{text[:20]}” is no language of the templates; there are {there}.")


def _refused(desk: Desk, found: gate.Gate, rungs: set[str], offer: Made | None) -> str:
    """Return why the mail cannot be written, or nothing."""
    at = gate.chosen(found)
    if at is None:
        if not found.addresses:
            return "no e-mail address is known; enter one first."
        return "no e-mail address that may be used; ask for consent first."
    try:
        letters.address(at.address.value)
    except BadInputError as refusal:
        return str(refusal)
    for step in rules.ladder(desk.config.offers):
        priced = step.cost > 0 or step.cost_share > 0
        if step.code in rungs and priced and (offer is None or offer.rung != step.code):
            return (
                f"“{step.title}” costs something and was not offered yet; make the offer first, so"
                " that it is weighed."
            )
    return ""


def _open_offer(made: Sequence[Made], state: CaseState) -> Made | None:
    """Return the last offer of this case whose answer is not known yet."""
    if state.stage is None or state.stage.closed:
        return None
    return next(
        (
            each
            for each in reversed(made)
            if each.result is None and (state.opened_on is None or each.made_on >= state.opened_on)
        ),
        None,
    )


def _note_of(desk: Desk, offer: Made | None) -> str:
    """Return what exactly was offered, as it was typed with the offer."""
    if offer is None:
        return ""
    from winback_tui.book import events

    with plain_errors(desk.book.path):
        return str(events.by_id(desk.book.connection, offer.event).payload.get("note", ""))


def _facts(
    desk: Desk,
    customer: int,
    language: str,
    *,
    person: str,
    last: date | None,
    reason: LeavingReason | None,
    offer: str,
    valid_until: date | None,
) -> Mapping[str, Any]:
    """Return the values that a template may name: texts, a number, and a list of texts."""
    connection, settings = desk.book.connection, desk.config.mails
    # The reader's own way to write dates, not the writer's.
    formats = Formats.from_environment({"en": "en_GB", "de": "de_DE"}[language])
    identity = handover_facts.identity(connection, customer)
    where = book.address(connection, customer)
    first = book.first_purchase(connection, customer)
    products = handover_facts.products(connection, customer, desk.as_of, _PRODUCTS)
    sender = settings.sender or desk.actor
    signature = settings.signature or "\n".join(part for part in (sender, settings.company) if part)
    return {
        "name": letters.one_line(identity.name or identity.number),
        "number": letters.one_line(identity.number),
        "person": letters.one_line(person),
        "greeting": mails.greeting(language, letters.one_line(person)),
        "city": letters.one_line(where.city or "") if where else "",
        "since": str(first.year) if first else "",
        "last_order": formats.date(last) if last else "",
        "months_silent": max(1, round((desk.as_of - last).days / 30.4)) if last else 0,
        "products": [letters.one_line(each.name) for each in products if each.name],
        "reason": REASONS[reason] if reason else "",
        "offer": offer,
        "valid_until": formats.date(valid_until) if valid_until else "",
        "today": formats.date(desk.as_of),
        "sender": sender,
        "company": settings.company,
        "signature": signature,
        "objection": mails.objection(language, settings.objection or settings.address),
    }
