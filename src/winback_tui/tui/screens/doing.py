"""Doing something to customers: how each deed is written, said and remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from winback_tui.desk.commands import Command
from winback_tui.desk.listing import rows
from winback_tui.desk.session import Desk
from winback_tui.model import EventKind
from winback_tui.tui.screens.gated import Gated
from winback_tui.tui.screens.writing import MANY, Writing
from winback_tui.words import saying
from winback_tui.words.customers import customer_name

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.tui.hands.hand import Hand
    from winback_tui.tui.screens.giving import Giving

    #: A deed that can be done again on other customers.
    Deed = Callable[[Desk, Sequence[int]], Action]


#: So many of those who were left out of a deed are named in the messages beside the first.
_NAMED: Final = 20


class Doing(Gated, Writing):
    """A screen on which deeds are done: each has one implementation, in `desk`."""

    #: The hands that this screen has so far, by place: some remember what they have begun.
    hands: dict[str, Hand]

    def hand(self, command_id: str) -> Giving | Hand:
        """Return who does a command: the screen itself, or a hand that is imported for it."""
        if hasattr(self, f"give_{command_id}"):
            return self
        from winback_tui.tui.hands import hand_of

        return hand_of(self, command_id) or self

    def shown_customers(self) -> list[int]:
        """Return the customers that an export of what is shown takes."""
        return self.targets()

    def book_changed(self) -> None:
        """Show the book anew, after more than a deed has changed in it."""

    def parted_or_joined(self) -> None:
        """Have customers scored anew of whom one became two, or two one."""
        raise AssertionError("each screen knows who renews the scores")

    def go_to_customer(self, customer: int) -> None:
        """Stand on a customer."""
        raise AssertionError("each screen knows how to get to a customer")

    def targets(self) -> list[int]:
        """Return the customers whom a deed concerns: the marked ones, or the one stood on."""
        raise AssertionError("each screen knows whom its deeds concern")

    def deed_done(self, action: Action, label: str, *, stay: bool = False) -> None:
        """Show that a deed was done, and go on to the next customer unless it is to `stay`."""
        raise AssertionError("each screen shows deeds in its own way")

    def deed_undone(self, customers: Sequence[int], action: int) -> None:
        """Show that a deed was taken back."""
        raise AssertionError("each screen shows deeds in its own way")

    def deed_redone(self, customers: Sequence[int], action: int, label: str) -> None:
        """Show that a deed was done again; without a `label` it had taken nobody off the list."""
        raise AssertionError("each screen shows deeds in its own way")

    def why_not(self, command: Command) -> str | None:
        """Return why a command can do nothing now, or None where it can."""
        if command.id == "repeat" and self.winback.last_deed is None:
            return saying.NOTHING_TO_REPEAT
        return super().why_not(command)

    def do(
        self,
        label: str,
        customers: Sequence[int],
        deed: Deed,
        mark: str,
        *,
        stay: bool = False,
        then: Callable[[], None] = lambda: None,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """Do a deed, remember it for the repeat key, say so, and then do `then`."""
        # Where others are marked, whose it was; the marks may go with the deed.
        others = len(customers) == 1 and self.targets() != list(customers)
        who = self.alone(customers[0]) if others else ""

        def done(action: Action) -> None:
            self.winback.last_deed = (label, deed, mark, stay)
            self.winback.erased_last = False
            self.deed_done(action, mark, stay=stay)
            self._say_done(label, action, who)
            then()

        self.write(
            lambda desk: deed(desk, customers),
            done,
            behind=len(customers) > MANY,
            refused=refused,
        )

    def _say_done(self, label: str, action: Action, who: str = "") -> None:
        text = f"{label[:1].upper()}{label[1:]}: {who or self.named(action.customers)} · u undo"
        more: list[str] = []
        if action.skipped:
            left = self.winback.formats.number(len(action.skipped))
            text = f"{left} left out: {action.skipped[0][1]} · u undo"
            others = [customer for customer, _ in action.skipped[1:]]
            more.append(self._left_out_too(others, action))
        if action.kind is EventKind.HANDOVER:
            more.append(f"The packet is in {self.packets_shown()}.")
        if action.kind is EventKind.MAIL:
            more.append("The draft is in the folder “mails” beside the packets; nothing was sent.")
        self.winback.say(text, wrong=bool(action.skipped), more=" ".join(more))

    def _left_out_too(self, others: Sequence[int], action: Action) -> str:
        """Return for how many a deed was done, and who else was left out, for the messages."""
        names = [self.named([each]) for each in others[:_NAMED]]
        rest = len(others) - len(names)
        more = self.winback.formats.number(rest) if rest else ""
        return saying.others_left_out(self.named(action.customers), names, more)

    def named(self, customers: Sequence[int]) -> str:
        """Return who is meant: the name of one, or how many."""
        if len(customers) == 1:
            row = rows(self.desk, customers).get(customers[0])
            if row is not None:
                return customer_name(row.record.number, row.record.name)
        count = self.winback.formats.number(len(customers))
        return f"{count} customer{'' if len(customers) == 1 else 's'}"

    def alone(self, customer: int) -> str:
        """Return the name of the one who is meant, and that the marked ones are not."""
        marked = self.targets()
        name = self.named([customer])
        if marked == [customer]:
            return name
        number = self.winback.formats.number(len(marked))
        return saying.not_the_marked(name, number, len(marked), among=customer in marked)

    def packet_folder(self) -> str:
        """Return where hand-over packets go."""
        from winback_tui import paths

        return str(self.winback.packets or paths.handover_dir())

    def packets_shown(self) -> str:
        """Return where hand-over packets go, for people to read."""
        from winback_tui import paths

        return paths.shown(Path(self.packet_folder()))
