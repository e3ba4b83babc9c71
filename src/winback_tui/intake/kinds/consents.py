"""What a file says about consent: in rows of a ledger, or in columns beside the people."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from winback_tui.entries import ConsentEntry, SignalEntry
from winback_tui.intake import clean
from winback_tui.intake.fields import normal, shell
from winback_tui.intake.kinds import instants, vocabulary
from winback_tui.intake.kinds.cells import Cells, Problem
from winback_tui.intake.kinds.facts import iso
from winback_tui.intake.kinds.fields import What
from winback_tui.intake.meaning import is_set
from winback_tui.intake.unclear import UnclearError
from winback_tui.model import RejectCode

_GIVEN: Final = frozenset({"granted", "confirmed", "renewed"})
#: Events that speak against contact.
_CLOSING: Final = frozenset({"withdrawn", "objected"})
#: Events that are worth nothing without their time; a refusal counts whenever it was said.
_OPENING: Final = _GIVEN | {"used", "basis_claimed", "basis_lost"}
#: Headers of times that are those of a yes alone.
_OF_GIVING: Final = re.compile(
    r"opt_?in|registr|subscri|(?:^|_)seit(?:_|$)|aktiviert|erteilt|einwillig|zustimm|anmeld|"
    r"angemeldet|aangemeld|abonn|inscri|signup"
)
#: Columns that say yes or no, each with the column of its time and its channel.
_STATES: Final = (
    (What.EMAIL_CONSENT, What.EMAIL_CONSENT_AT, "email"),
    (What.SMS_CONSENT, What.SMS_CONSENT_AT, "sms"),
    (What.PHONE_CONSENT, What.PHONE_CONSENT_AT, "phone"),
    (What.POST_CONSENT, What.POST_CONSENT_AT, "post"),
)
#: Columns whose every date is an event.
_MOMENTS: Final = (
    (What.EMAIL_CONFIRMED_AT, "email", "confirmed"),
    (What.EMAIL_WITHDRAWN_AT, "email", "withdrawn"),
    (What.EMAIL_BOUNCED_AT, "email", "bounced"),
)
#: Channels that are closed while nothing is known.
_CLOSED: Final = frozenset({"email", "sms"})
#: What an opt-out from a whole channel is about.
_ADVERTISING: Final = ("winback", "newsletter", "similar_goods")
#: Columns whose yes is a withdrawal.
_REFUSALS: Final = (
    (What.EMAIL_OPT_OUT, "email"),
    (What.EMAIL_SUPPRESSION, "email"),
    (What.PHONE_OPT_OUT, "phone"),
    (What.SMS_OPT_OUT, "sms"),
    (What.POST_OPT_OUT, "post"),
)
#: Headers of consent to more than a newsletter.
_OF_MORE: Final = re.compile(
    r"einwillig|consent|werb|advert|zustimm|erlaub|allow|accepts|opt_in$|marketing$|permission"
)
_OF_NEWSLETTER: Final = re.compile(r"newsletter|nieuwsbrief|infolettre|infobrief|mailing")
#: Signals that close e-mail: what goes into the ledger, and for which purposes ((): the file's).
_SIGNALS: Final = {
    "unsubscribed": ("withdrawn", _ADVERTISING),
    "bounce": ("bounced", ()),
    "spam_complaint": ("objected", ()),
}
#: What a tool writes where nobody is held back.
_NOBODY: Final = (
    *("none", "no", "false", "never_suppressed", "not_suppressed", "0", "n_a", "nein", "allow"),
    "zulassen",
)


class Setting(NamedTuple):
    """What holds for the consents of a file where its rows do not say it."""

    source: str
    purpose: str
    zone: str
    day_first: bool | None
    #: A program writes its plain no of people it never asked, too; in a table of one's own somebody
    #: wrote it down.
    of_program: bool = False


def beside(
    cells: Cells,
    setting: Setting,
    emails: Sequence[tuple[str, ...]],
    phones: Sequence[tuple[str, ...]],
) -> list[list[ConsentEntry]]:
    """Return the consents that columns beside the people tell of, by row."""
    found: list[list[ConsentEntry]] = [[] for _ in range(cells.height)]
    references = cells.texts(What.REFERENCE)
    newsletter = _of_newsletter(cells, setting)
    for consent, at, channel in _STATES:
        said = cells.texts(consent)
        for row, event, moment in _states(cells, consent, at, setting):
            for purpose in _purposes(event, setting, newsletter=newsletter and channel == "email"):
                of = setting._replace(purpose=purpose)
                made = _entry(of, channel, event, moment, references[row])
                # Post and calls to businesses are not closed to begin with: there a no says
                # something.
                mild = setting.of_program and moment is None and channel in _CLOSED
                bare = moment is None and vocabulary.plain_no(said[row])
                mild = bare and (mild or _beside(purpose, setting, event))
                found[row].append(made._replace(plain_no=mild))
    for what, channel, event in _MOMENTS:
        if not cells.has(what) or (what is What.EMAIL_WITHDRAWN_AT and _is_ledger(cells)):
            continue
        purposes = _purposes(event, setting, newsletter=newsletter)
        for row, moment in enumerate(_instants(cells, what, setting)):
            for purpose in purposes if moment is not None else ():
                of = setting._replace(purpose=purpose)
                found[row].append(_entry(of, channel, event, moment, references[row]))
    _add_refusals(cells, setting, references, found)
    return [
        [
            each._replace(address=_address(each.channel, emails[row], phones[row]))
            for each in _dated_first(told)
        ]
        for row, told in enumerate(found)
    ]


def _add_refusals(
    cells: Cells, setting: Setting, references: Sequence[str], found: list[list[ConsentEntry]]
) -> None:
    """Add what columns of refusals say to what is found of each row."""
    for what, channel in _REFUSALS:
        for row, event in _refused(cells, what):
            if event == "bounced":
                found[row].append(_entry(setting, channel, event, None, references[row]))
            else:
                found[row] += [
                    _entry(
                        setting._replace(purpose=each), channel, "withdrawn", None, references[row]
                    )
                    for each in _ADVERTISING
                ]
    for what, event in ((What.EMAIL_BOUNCED, "bounced"), (What.OBJECTION, "objected")):
        for row, _ in _refused(cells, what):
            found[row].append(_entry(setting, "email", event, None, references[row]))


def _is_ledger(cells: Cells) -> bool:
    """Return whether each row names a channel and what was said of it."""
    return cells.has(What.CHANNEL) and cells.has(What.EVENT)


def _of_newsletter(cells: Cells, setting: Setting) -> bool:
    """Return whether a table of one's own tells of a newsletter, by the header of what was said.

    Who ordered one allowed nobody to win them back.
    """
    if setting.of_program:
        return False
    columns = (cells.column(What.EMAIL_CONSENT), cells.column(What.EMAIL_CONSENT_AT))
    header = normal(next((each for each in columns if each), ""))
    return _OF_NEWSLETTER.search(header) is not None or _OF_MORE.search(header) is None


def _purposes(event: str, setting: Setting, *, newsletter: bool) -> tuple[str, ...]:
    """Return what an event is about: who leaves a newsletter of one's own wants no advertising."""
    if not newsletter:
        return (setting.purpose,)
    if event == "withdrawn":
        return (setting.purpose, "newsletter")
    return ("newsletter",) if event in _GIVEN else (setting.purpose,)


def _beside(purpose: str, setting: Setting, event: str) -> bool:
    """Return whether an event ends a newsletter as well, which matters to who had one."""
    return event == "withdrawn" and purpose != setting.purpose


def _dated_first(told: Sequence[ConsentEntry]) -> list[ConsentEntry]:
    """Return what a row tells, what it dates first: the state that it names holds now.

    A state without a time beside the same with one says nothing more, and a yes without one beside
    a refusal nothing at all.
    """
    closed = {each.channel for each in told if not each.at and each.event in _CLOSING}
    told = [e for e in told if e.at or e.event not in _GIVEN or e.channel not in closed]
    dated = [each for each in told if each.at]
    known = {(each.channel, each.purpose, each.event) for each in dated}
    known |= {
        (each.channel, each.purpose, "granted") for each in dated if each.event == "confirmed"
    }
    return dated + [
        each
        for each in told
        if not each.at and (each.channel, each.purpose, each.event) not in known
    ]


def ledger(
    cells: Cells,
    setting: Setting,
    emails: Sequence[tuple[str, ...]],
    phones: Sequence[tuple[str, ...]],
) -> tuple[list[list[ConsentEntry]], dict[int, Problem]]:
    """Return the consent of each row of a file of consents, and the rows that say none."""
    found: list[list[ConsentEntry]] = [[] for _ in range(cells.height)]
    bad: dict[int, Problem] = {}
    named = cells.texts(What.CHANNEL)
    channels = cells.each(named, vocabulary.channels)
    events = cells.each(cells.texts(What.EVENT), vocabulary.event)
    stated = cells.texts(What.PURPOSE)
    purposes = cells.each(
        stated,
        lambda cell: vocabulary.purposes(cell) if cell else (setting.purpose,),
    )
    moments = _instants(cells, What.AT, setting)
    ended = _instants(cells, What.EMAIL_WITHDRAWN_AT, setting)
    times = cells.texts(What.AT)
    sources = cells.texts(What.SOURCE)
    references, wordings = cells.texts(What.REFERENCE), cells.notes(What.WORDING)
    bases = cells.texts(What.BASIS)
    for row in range(cells.height):
        meant, event, about = channels[row], events[row], purposes[row]
        if meant is None and event in _CLOSING and vocabulary.all_channels(named[row]):
            # Who wants none of them says so of each; what allows all of them names each.
            meant = ("email",) if event == "objected" else vocabulary.EVERY_CHANNEL
        if vocabulary.is_newsletter(named[row]) and not stated[row] and event:
            about = _purposes(event, setting, newsletter=True)
        faults = [
            Problem(cells.column(what), code)
            for broken, what, code in (
                (meant is None, What.CHANNEL, RejectCode.BAD_CHANNEL),
                (not event, What.EVENT, RejectCode.BAD_EVENT),
                (about is None, What.PURPOSE, RejectCode.BAD_PURPOSE),
                (
                    bool(times[row]) and moments[row] is None and event in _OPENING,
                    What.AT,
                    RejectCode.BAD_DATE,
                ),
            )
            if broken
        ]
        if meant is None or not event or about is None or faults:
            bad[row] = faults[0]
            for fault in faults[1:]:
                cells.flaw(row, *fault)
            continue
        end = ended[row]
        told = [(event, moments[row])]
        if end is not None and event in _GIVEN:
            told.append(("withdrawn", end))
        elif end is not None and event == "withdrawn":
            told = [(event, end)]
        for what, moment in told:
            for channel, purpose in product(meant, about):
                said = setting._replace(purpose=purpose, source=sources[row] or setting.source)
                made = _entry(said, channel, what, moment, references[row])
                address = _address(channel, emails[row], phones[row])
                basis = bases[row] if what == event else ""
                found[row].append(
                    made._replace(basis=basis or made.basis, wording=wordings[row], address=address)
                )
    return found, bad


def of_signals(
    signals: Sequence[SignalEntry | None],
    setting: Setting,
    emails: Sequence[tuple[str, ...]],
) -> list[list[ConsentEntry]]:
    """Return what signals say about e-mail, by row: who unsubscribed, and what bounced.

    Each is of the signal's day, so that a consent that was given later counts.
    """
    found: list[list[ConsentEntry]] = [[] for _ in signals]
    for row, signal in enumerate(signals):
        if signal is None or signal.kind not in _SIGNALS:
            continue
        moment = instants.Instant(iso(signal.day), "day", setting.zone)
        event, purposes = _SIGNALS[signal.kind]
        for purpose in purposes or (setting.purpose,):
            said = setting._replace(purpose=purpose)
            made = _entry(said, "email", event, moment, signal.source_id)
            found[row].append(made._replace(address=_address("email", emails[row], ())))
    return found


def _states(
    cells: Cells, consent: What, at: What, setting: Setting
) -> list[tuple[int, str, instants.Instant | None]]:
    """Return row, event and instant of each cell of a column that says yes or no."""
    if not cells.has(consent) and not cells.has(at):
        return []
    moments = _instants(cells, at, setting) if cells.has(at) else [None] * cells.height
    if not cells.has(consent):
        # Where the days of confirmation stand beside, who lacks one has confirmed nothing.
        confirmed: Sequence[object] = moments
        if _needs_confirming(cells, at, setting):
            confirmed = _instants(cells, What.EMAIL_CONFIRMED_AT, setting)
        return [
            (row, "granted", each)
            for row, each in enumerate(moments)
            if each is not None and confirmed[row] is not None
        ]
    of_giving = _OF_GIVING.search(normal(cells.column(at))) is not None
    return [
        # When somebody signed up is not when they left.
        (row, event, None if of_giving and event not in _GIVEN else moments[row])
        for row, event in enumerate(_events(cells, consent))
        if event is not None and event != vocabulary.SILENT
    ]


def _needs_confirming(cells: Cells, at: What, setting: Setting) -> bool:
    """Return whether a day of signing up counts only beside that of its confirmation."""
    beside = at is What.EMAIL_CONSENT_AT and cells.has(What.EMAIL_CONFIRMED_AT)
    return beside and not setting.of_program


def _events(cells: Cells, what: What) -> list[str | None]:
    """Return the event of each cell; words that say none are noted as flaws."""
    if not cells.has(what):
        return []
    _ask_for_words(cells, what)
    events = cells.each(cells.texts(what), vocabulary.event)
    for row, event in enumerate(events):
        if event is None:
            cells.flaw(row, cells.column(what), RejectCode.BAD_EVENT)
    return events


def _ask_for_words(cells: Cells, what: What) -> None:
    """Raise UnclearError where numbers beyond 0 and 1 tell what was allowed."""
    numbers = sorted({each for each in cells.texts(what) if each.lstrip("-").isdecimal()})
    if not set(numbers) - {"0", "1"}:
        return
    column = cells.column(what)
    fact = f"“{column}” tells what was allowed in numbers ({', '.join(numbers[:6])})"
    raise UnclearError(
        f"{cells.table.name}: {fact}, and nothing says what they mean; write words there, such as "
        f"yes, no, unsubscribed, bounced, or say --map {shell(column, What.IGNORE)}.",
        "mapping",
        fact=fact,
    )


def _refused(cells: Cells, what: What) -> Iterator[tuple[int, str]]:
    """Yield row and event of each cell of the columns of refusals that holds one.

    A word that is not known is a refusal too: why somebody is held back does not matter.
    """
    for column in cells.columns(what):
        for row, cell in enumerate(clean.text(cells.table.frame[column]).to_list()):
            word = vocabulary.word(cell)
            silent = vocabulary.event(cell) == vocabulary.SILENT
            # A date of noughts is none.
            if not word or word in _NOBODY or silent or not is_set(cell):
                continue
            if what is What.EMAIL_SUPPRESSION and "bounce" in word:
                yield row, "bounced"
            elif what is What.EMAIL_SUPPRESSION or not vocabulary.plain_no(cell):
                yield row, "objected" if vocabulary.event(cell) == "objected" else "withdrawn"


def _instants(cells: Cells, what: What, setting: Setting) -> list[instants.Instant | None]:
    """Return the instant of each cell; cells that hold none but something are noted as flaws."""
    if not cells.has(what):
        return [None] * cells.height
    series = cells.series(what)
    moments = instants.parse(
        series, cells.column(what), setting.day_first, setting.zone, cells.before.day_first
    )
    if what is not What.AT:
        # A nought is no second since 1970.
        filled = (~series.str.strip_chars().is_in(["", "0"])).to_list()
        for row, moment in enumerate(moments):
            if moment is None and filled[row]:
                cells.flaw(row, cells.column(what), RejectCode.BAD_DATE)
    return moments


def _entry(
    setting: Setting, channel: str, event: str, moment: instants.Instant | None, reference: str
) -> ConsentEntry:
    at, precision, zone = moment or ("", "unknown", setting.zone)
    basis = "consent" if event in _GIVEN else ""
    return ConsentEntry(
        channel, event, setting.purpose, at, precision, zone, setting.source, basis, reference
    )


def _address(channel: str, emails: tuple[str, ...], phones: tuple[str, ...]) -> str:
    """Return the address that a consent is about: the row's first of the channel."""
    known = {"email": emails, "phone": phones, "sms": phones}.get(channel, ())
    return known[0] if known else ""
