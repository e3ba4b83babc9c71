"""What a file says about consent: in rows of a ledger, or in columns beside the people."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from winback_tui.entries import ConsentEntry, SignalEntry
from winback_tui.intake.fields import normal, shell
from winback_tui.intake.kinds import instants, vocabulary
from winback_tui.intake.kinds.cells import Cells, Problem
from winback_tui.intake.kinds.facts import iso
from winback_tui.intake.kinds.fields import What
from winback_tui.intake.unclear import UnclearError
from winback_tui.model import RejectCode

_GIVEN: Final = frozenset({"granted", "confirmed", "renewed"})
#: Events that are worth nothing without their time; a refusal counts whenever it was said.
_OPENING: Final = _GIVEN | {"used", "basis_claimed", "basis_lost"}
#: Headers of times that are those of a yes alone.
_OF_GIVING: Final = re.compile(r"opt_?in|registr|subscribed|(?:^|_)seit(?:_|$)|aktiviert|erteilt")
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
)
#: Signals that close e-mail: what goes into the ledger, and for which purposes ((): the file's).
_SIGNALS: Final = {"unsubscribed": ("withdrawn", _ADVERTISING), "bounce": ("bounced", ())}
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
    for consent, at, channel in _STATES:
        said = cells.texts(consent)
        for row, event, moment in _states(cells, consent, at, setting):
            made = _entry(setting, channel, event, moment, references[row])
            # Post and calls to businesses are not closed to begin with: there a no says something.
            mild = setting.of_program and moment is None and channel in _CLOSED
            found[row].append(made._replace(plain_no=mild and vocabulary.plain_no(said[row])))
    for what, channel, event in _MOMENTS:
        if cells.has(what):
            for row, moment in enumerate(_instants(cells, what, setting)):
                if moment is not None:
                    found[row].append(_entry(setting, channel, event, moment, references[row]))
    for what, channel in _REFUSALS:
        for row, event in enumerate(_refused(cells, what)):
            if event == "bounced":
                found[row].append(_entry(setting, channel, event, None, references[row]))
            elif event:
                found[row] += [
                    _entry(
                        setting._replace(purpose=each), channel, "withdrawn", None, references[row]
                    )
                    for each in _ADVERTISING
                ]
    return [
        [
            each._replace(address=_address(each.channel, emails[row], phones[row]))
            for each in _dated_first(told)
        ]
        for row, told in enumerate(found)
    ]


def _dated_first(told: Sequence[ConsentEntry]) -> list[ConsentEntry]:
    """Return what a row tells, what it dates first: the state that it names holds now.

    A state without a time beside the same with one says nothing more.
    """
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
    channels = cells.each(cells.texts(What.CHANNEL), vocabulary.channel)
    events = cells.each(cells.texts(What.EVENT), vocabulary.event)
    purposes = cells.each(
        cells.texts(What.PURPOSE),
        lambda cell: vocabulary.purpose(cell) if cell else setting.purpose,
    )
    moments = _instants(cells, What.AT, setting)
    times = cells.texts(What.AT)
    sources = cells.texts(What.SOURCE)
    references, wordings = cells.texts(What.REFERENCE), cells.notes(What.WORDING)
    bases = cells.texts(What.BASIS)
    for row in range(cells.height):
        channel, event, purpose = channels[row], events[row], purposes[row]
        faults = [
            Problem(cells.column(what), code)
            for broken, what, code in (
                (channel is None, What.CHANNEL, RejectCode.BAD_CHANNEL),
                (not event, What.EVENT, RejectCode.BAD_EVENT),
                (purpose is None, What.PURPOSE, RejectCode.BAD_PURPOSE),
                (
                    bool(times[row]) and moments[row] is None and event in _OPENING,
                    What.AT,
                    RejectCode.BAD_DATE,
                ),
            )
            if broken
        ]
        if channel is None or not event or purpose is None or faults:
            bad[row] = faults[0]
            for fault in faults[1:]:
                cells.flaw(row, *fault)
        else:
            said = setting._replace(purpose=purpose, source=sources[row] or setting.source)
            made = _entry(said, channel, event, moments[row], references[row])
            address = _address(channel, emails[row], phones[row])
            found[row].append(
                made._replace(
                    basis=bases[row] or made.basis, wording=wordings[row], address=address
                )
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
        return [(row, "granted", each) for row, each in enumerate(moments) if each is not None]
    of_giving = _OF_GIVING.search(normal(cells.column(at))) is not None
    return [
        # When somebody signed up is not when they left.
        (row, event, None if of_giving and event not in _GIVEN else moments[row])
        for row, event in enumerate(_events(cells, consent))
        if event is not None and event != vocabulary.SILENT
    ]


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


def _refused(cells: Cells, what: What) -> list[str]:
    """Return the event of each cell of a column of refusals, "" where there is none.

    A word that is not known is a refusal too: why somebody is held back does not matter.
    """
    if not cells.has(what):
        return []
    found: list[str] = []
    for cell in cells.texts(what):
        word = normal(cell)
        if not word or word in _NOBODY or vocabulary.event(cell) == vocabulary.SILENT:
            found.append("")
        elif what is What.EMAIL_SUPPRESSION and "bounce" in word:
            found.append("bounced")
        else:
            known = vocabulary.event(cell)
            plain = what is not What.EMAIL_SUPPRESSION and vocabulary.plain_no(cell)
            found.append("" if plain else "objected" if known == "objected" else "withdrawn")
    return found


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
