"""Signals that close e-mail: who unsubscribed has withdrawn, and what bounced is closed."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.kinds import TODAY, bring, counts, desk, dump, rows, write
from winback_tui.book.connection import Book
from winback_tui.book.consents import facts
from winback_tui.config import Config
from winback_tui.config.consent import Consent
from winback_tui.config.signals import Signal
from winback_tui.desk.imports import ImportOptions, run_import, undo_import
from winback_tui.model import Channel, PartyKind, Standing
from winback_tui.rules.consent import ConsentCode, standing
from winback_tui.words import imports as words

HEADER = "Kundennummer;Art;Datum\n"


@pytest.fixture
def allowed(book: Book, tmp_path: Path) -> Book:
    """Return a book of two customers with one e-mail each, who allowed it on 5 January 2026."""
    text = "number,name,email,email_consent,email_consent_at\n"
    for number, address in (("K1", "eva@alpha.example"), ("K2", "ida@beta.example")):
        text += f"{number},{number} Dach,{address},yes,2026-01-05\n"
    bring(book, "customers", write(tmp_path, text, "people.csv"))
    assert [_email(book, each) for each in (1, 2)] == [Standing.ALLOWED] * 2
    return book


def _why(book: Book, customer: int) -> tuple[Standing, ConsentCode]:
    known = facts(book.connection, [customer])[customer][Channel.EMAIL]
    found = standing(known, Channel.EMAIL, PartyKind.CONSUMER, TODAY, Consent())
    return found.standing, found.why


def _email(book: Book, customer: int) -> Standing:
    return _why(book, customer)[0]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("unsubscribed", ConsentCode.WITHDRAWN),
        ("Newsletter abgemeldet", ConsentCode.WITHDRAWN),
        ("abgemeldet", ConsentCode.WITHDRAWN),
        ("Abmeldung", ConsentCode.WITHDRAWN),
        ("Newsletter abbestellt", ConsentCode.WITHDRAWN),
        ("Newsletter-Abbestellung", ConsentCode.WITHDRAWN),
        ("ausgetragen", ConsentCode.WITHDRAWN),
        ("bounce", ConsentCode.BOUNCED),
        ("Hard bounce", ConsentCode.BOUNCED),
    ],
)
def test_such_a_signal_closes_e_mail_and_undoing_its_batch_opens_it_again(
    allowed: Book, tmp_path: Path, kind: str, why: ConsentCode
) -> None:
    before = dump(allowed)
    path = write(tmp_path, f"{HEADER}K1;{kind};2026-11-01\n")
    dry = bring(allowed, "signals", path, dry_run=True)
    assert dump(allowed) == before
    done = bring(allowed, "signals", path)
    assert done == dry._replace(batch=done.batch)
    event = "bounced" if why is ConsentCode.BOUNCED else "withdrawn"
    assert list(done.consents) == [f"email {event}"]
    assert words.CLOSED in list(words.beside(done, str))
    assert _why(allowed, 1) == (Standing.BLOCKED, why)
    assert _email(allowed, 2) is Standing.ALLOWED
    assert rows(
        allowed, "SELECT DISTINCT at, precision FROM consent_events WHERE batch_id = 2"
    ) == [("2026-11-01", "day")]
    assert done.batch is not None
    undo_import(desk(allowed), done.batch)
    assert _email(allowed, 1) is Standing.ALLOWED


def test_one_from_before_a_later_consent_does_not_close_it(allowed: Book, tmp_path: Path) -> None:
    text = f"{HEADER}K1;unsubscribed;2025-12-01\nK2;bounce;2025-12-01\n"
    assert bring(allowed, "signals", write(tmp_path, text)).consents
    assert [_email(allowed, each) for each in (1, 2)] == [Standing.ALLOWED] * 2


def test_other_signals_say_nothing_of_consent(allowed: Book, tmp_path: Path) -> None:
    text = f"{HEADER}K1;complaint;2026-11-01\nK1;email_opened;2026-11-02\n"
    done = bring(allowed, "signals", write(tmp_path, text))
    assert done.consents == {}
    assert words.CLOSED not in list(words.beside(done, str))


def test_the_same_signal_again_adds_nothing(allowed: Book, tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}K1;unsubscribed;2026-11-01\n")
    assert counts(bring(allowed, "signals", path)) == {"read": 1, "created": 1}
    again = bring(allowed, "signals", path, again=True)
    assert (counts(again), again.consents) == ({"read": 1, "unchanged": 1}, {})


def test_one_that_names_an_address_closes_that_address(allowed: Book, tmp_path: Path) -> None:
    more = "number,email\nK1,second@alpha.example\n"
    bring(allowed, "customers", write(tmp_path, more, "more.csv"))
    text = "Kundennummer;Art;Datum;E-Mail\nK1;bounce;2026-11-01;eva@alpha.example\n"
    bring(allowed, "signals", write(tmp_path, text))
    assert rows(
        allowed,
        "SELECT value FROM consent_events e JOIN contact_points p ON p.id = contact_point_id"
        " WHERE event = 'bounced'",
    ) == [("eva@alpha.example",)]


def test_kinds_without_a_rule_are_told_in_the_dry_run_and_in_the_import(
    allowed: Book, tmp_path: Path
) -> None:
    said = ("K1;foo", "K2;foo", "K1;Beschwerde", "K9;bar")
    text = HEADER + "".join(f"{each};2026-11-01\n" for each in said)
    path = write(tmp_path, text)
    dry = bring(allowed, "signals", path, dry_run=True)
    done = bring(allowed, "signals", path)
    # The rows of nobody are rejected, and are no signals.
    assert dry.ruleless == done.ruleless == {"foo": 2}
    told = list(words.beside(done, str))
    assert told == [
        "No rule in [signals] for “foo” (2 rows): kept, and without effect on the score."
    ]


def test_a_kind_that_the_config_gives_a_rule_is_not_among_them(
    allowed: Book, tmp_path: Path
) -> None:
    path = write(tmp_path, f"{HEADER}K1;foo;2026-11-01\n")
    assert bring(allowed, "signals", path).ruleless == {"foo": 1}
    ruled = replace(desk(allowed), config=Config(signals={"foo": Signal(odds=0.4)}))
    (file,) = run_import(ruled, "signals", [path], ImportOptions()).files
    assert (file.ruleless, file.batch) == ({}, None)
