"""Consent in the app: the gate shows first, and the evidence is a key away."""

from pathlib import Path

import pytest

from tests.apps import running, scored, shown, triage
from tests.little import Buyer
from winback_tui.book import events
from winback_tui.book.connection import Book
from winback_tui.model import EventKind


def people(kind: str, *, called: bool) -> tuple[Buyer, ...]:
    """Return buyers of one kind who are overdue."""
    return tuple(
        Buyer(f"10{n}", f"Person {n} [/]", silent=90 + n, every=20, times=15, kind=kind,
              called=called)
        for n in range(4)
    )  # fmt: skip


@pytest.fixture
def consumers(tmp_path: Path) -> Path:
    return scored(tmp_path / "consumers.db", people("consumer", called=False))


@pytest.fixture
def businesses(tmp_path: Path) -> Path:
    return scored(tmp_path / "businesses.db", people("business", called=False))


def deeds_of(path: Path) -> list[tuple[EventKind, dict[str, object]]]:
    with Book.open(path) as book:
        return [(each.kind, each.payload) for each in events.deeds(book.connection)]


def ledger_of(path: Path) -> list[tuple[str, str]]:
    with Book.open(path) as book:
        return book.connection.execute(
            "SELECT event, channel FROM consent_events ORDER BY id"
        ).fetchall()


async def test_a_blocked_call_is_refused_before_it_is_made(consumers: Path) -> None:
    async with running(consumers) as (app, pilot):
        await pilot.press("c")
        assert "phone ? blocked: no consent on record" in shown(app)
        assert "Ask for it by post, or when they get in touch" in shown(app)
        await pilot.press("r")
        assert "then i if they" in shown(app)
        await pilot.press("enter")
        assert len(app.screen_stack) > 1
        await pilot.press("escape")
    assert deeds_of(consumers) == []


async def test_after_a_refusal_letters_are_a_note_and_never_an_outcome(consumers: Path) -> None:
    async with running(consumers) as (app, pilot):
        await pilot.press("c", "n", *"nix mix", "enter", "i", "enter", "x", "enter")
        assert len(app.screen_stack) > 1
        await pilot.press("escape", "c")
        assert app.screen.query_one("#note").value == "nix mixix"  # type: ignore[attr-defined]
        await pilot.press("enter")
        assert len(app.screen_stack) > 1
        assert deeds_of(consumers) == []
        await pilot.press("shift+tab", "i", "enter")
    assert [payload["outcome"] for _, payload in deeds_of(consumers)] == ["inbound"]


async def test_who_calls_may_allow_it_and_can_then_be_called(consumers: Path) -> None:
    async with running(consumers) as (app, pilot):
        customer = triage(app).table.current
        assert customer is not None
        await pilot.press("c", "i")
        app.screen.query_one("#consent").value = "phone"  # type: ignore[attr-defined]
        await pilot.press("enter")
        assert ledger_of(consumers) == [("granted", "phone")]
        triage(app).table.go_to(customer)
        await pilot.press("c")
        assert "phone ✓ allowed until" in shown(app)
        await pilot.press("r", "enter")
    assert [payload["outcome"] for _, payload in deeds_of(consumers)] == ["reached", "inbound"]
    assert ledger_of(consumers)[-1] == ("used", "phone")


async def test_a_warning_asks_for_a_reason_and_keeps_it_as_the_basis(businesses: Path) -> None:
    async with running(businesses) as (app, pilot):
        customer = triage(app).table.current
        assert customer is not None
        await pilot.press("c")
        assert "with a reason: presumed consent only" in shown(app)
        await pilot.press("r", "enter")
        assert "The phone needs a reason: why do they expect the call?" in shown(app)
        await pilot.press(*"orders by phone", "enter")
        assert ledger_of(businesses) == [("basis_claimed", "phone"), ("used", "phone")]
        triage(app).table.go_to(customer)
        await pilot.press("c")
        assert "a reason to expect the call is on record" in shown(app)
        await pilot.press("escape", "u")
        triage(app).table.go_to(customer)
        await pilot.press("c")
        assert "presumed consent only" in shown(app)
    ((_, payload),) = deeds_of(businesses)
    assert payload["justify"] == "orders by phone"


async def test_of_many_the_blocked_are_left_out_and_named(tmp_path: Path) -> None:
    mixed = (*people("business", called=True)[:2], *people("consumer", called=False)[2:])
    path = scored(tmp_path / "mixed.db", mixed)
    async with running(path) as (app, pilot):
        await pilot.press("5", "*", "c")
        assert "2 allowed   2 blocked, left out" in shown(app)
        await pilot.press("v", "enter")
        assert app.messages[-1][0].startswith("2 left out: Person 2")
        assert app.messages[-1][0].endswith("Done for 2 customers. Left out too: Person 3 [/].")
    assert [kind for kind, _ in deeds_of(path)] == [EventKind.CALL]


async def test_a_hand_over_that_sales_could_not_use_is_refused(consumers: Path) -> None:
    async with running(consumers) as (app, pilot):
        await pilot.press("w")
        # Nobody objected, so sales may write a letter.
        assert "post" in shown(app)
        await pilot.press("escape", "C", "o", "enter")
        await pilot.press("w")
        assert app.messages[-1][0].startswith("Post is blocked: wants no contact")
    assert [kind for kind, _ in deeds_of(consumers)] == [EventKind.CONSENT]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_evidence_is_shown_and_added_to(businesses: Path, size: tuple[int, int]) -> None:
    async with running(businesses, size=size) as (app, pilot):
        await pilot.press("C")
        assert "The ledger holds nothing on this customer." in shown(app)
        await pilot.press("g", "enter")
        assert "A consent without a source proves nothing" in shown(app)
        app.screen.query_one("#source").value = "paper [/] form"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await pilot.press("C")
        screen = shown(app)
        assert "1 row, each as it was written" in screen
        assert "paper [/] form" in screen
        await pilot.press("escape", "u", "C", "G")
        assert "granted, e-mail (taken back)" in shown(app)


async def test_a_hand_over_by_a_channel_with_a_warning_takes_the_reason(businesses: Path) -> None:
    async with running(businesses) as (app, pilot):
        await pilot.press("w", *"Bo")
        app.screen.query_one("#justify").value = "asked for a call"  # type: ignore[attr-defined]
        await pilot.press("enter")
    ((kind, payload),) = deeds_of(businesses)
    assert (kind, payload["justify"]) == (EventKind.HANDOVER, "asked for a call")
    assert ledger_of(businesses) == [("basis_claimed", "phone")]
