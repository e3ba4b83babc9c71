"""The one registry of commands: keys, footer, palette, help and `winback keys` all read it."""

from enum import StrEnum
from typing import Final, NamedTuple


class Context(StrEnum):
    """Where a command can be given."""

    LIST = "list"
    DOSSIER = "dossier"


class Command(NamedTuple):
    """One thing the user can do in the app.

    `keys` are Textual key names. `footer` ranks it in the footer line (lower stays longer when
    space is short; None: not shown there). `customer` says that it needs a customer to act on.
    """

    id: str
    title: str
    sentence: str
    keys: tuple[str, ...]
    contexts: tuple[Context, ...]
    group: str
    footer: int | None = None
    label: str = ""
    customer: bool = False
    #: The label in the dossier, where it is another one.
    label_there: str = ""

    def named(self, context: Context) -> str:
        """Return the label in the footer of a context."""
        return (context is Context.DOSSIER and self.label_there) or self.label


_LIST: Final = (Context.LIST,)
_DOSSIER: Final = (Context.DOSSIER,)
_BOTH: Final = (Context.LIST, Context.DOSSIER)
_MOVE, _ACT, _FIND, _MARK, _MORE = "Move", "Act", "Find", "Mark", "More"

COMMANDS: Final[tuple[Command, ...]] = (
    Command("down", "Down", "Move to the next customer.", ("j", "down"), _LIST, _MOVE),
    Command("up", "Up", "Move to the previous customer.", ("k", "up"), _LIST, _MOVE),
    Command("top", "First", "Move to the first customer.", ("g", "home"), _LIST, _MOVE),
    Command("bottom", "Last", "Move to the last customer.", ("G", "end"), _LIST, _MOVE),
    Command("half_down", "Half a page down", "Move half a page down.", ("ctrl+d",), _LIST, _MOVE),
    Command("half_up", "Half a page up", "Move half a page up.", ("ctrl+u",), _LIST, _MOVE),
    Command("page_down", "Page down", "Move a page down.", ("pagedown",), _LIST, _MOVE),
    Command("page_up", "Page up", "Move a page up.", ("pageup",), _LIST, _MOVE),
    Command(
        "open",
        "Open",
        "Open the customer's dossier.",
        ("enter", "l", "right"),
        _LIST,
        _MOVE,
        footer=9,
        label="open",
        customer=True,
    ),
    Command(
        "back",
        "Back",
        "Go back one level; clear a search, a filter, or marks.",
        ("escape", "h", "left"),
        _BOTH,
        _MOVE,
    ),
    Command(
        "next_customer",
        "Next customer",
        "Show the next customer of the list.",
        ("right_square_bracket", "j"),
        _DOSSIER,
        _MOVE,
        footer=8,
        label="next",
    ),
    Command(
        "previous_customer",
        "Previous customer",
        "Show the previous customer of the list.",
        ("left_square_bracket", "k"),
        _DOSSIER,
        _MOVE,
        footer=9,
        label="previous",
    ),
    Command("next_pane", "Next pane", "Move to the next pane.", ("tab",), _DOSSIER, _MOVE),
    Command(
        "tab_queue",
        "Queue",
        "Customers at risk who are not being waited for.",
        ("1",),
        _LIST,
        _FIND,
    ),
    Command(
        "tab_followups",
        "Follow-ups",
        "Customers with a date on which to act.",
        ("2",),
        _LIST,
        _FIND,
    ),
    Command("tab_watch", "Watch", "Customers who are a little late.", ("3",), _LIST, _FIND),
    Command(
        "tab_gone",
        "Gone",
        "Customers silent for so long that a call helps little.",
        ("4",),
        _LIST,
        _FIND,
    ),
    Command("tab_all", "All", "Every customer who has ever bought.", ("5",), _LIST, _FIND),
    Command(
        "search",
        "Search",
        "Narrow the list while you type: name, number, city, contact, note.",
        ("slash",),
        _LIST,
        _FIND,
        footer=6,
        label="search",
    ),
    Command(
        "next_match",
        "Next match",
        "Move to the next match of the last search.",
        ("n",),
        _LIST,
        _FIND,
    ),
    Command(
        "previous_match",
        "Previous match",
        "Move to the previous match of the last search.",
        ("N",),
        _LIST,
        _FIND,
    ),
    Command(
        "filter",
        "Filter",
        "Show only a segment, an owner, a band, a case, a channel that is allowed.",
        ("f",),
        _LIST,
        _FIND,
        footer=10,
        label="filter",
    ),
    Command(
        "sort",
        "Sort",
        "Sort by score or by value at risk.",
        ("o",),
        _LIST,
        _FIND,
        footer=11,
        label="sort",
    ),
    Command("reverse", "Reverse", "Turn the order round.", ("O",), _LIST, _FIND),
    Command(
        "mark",
        "Mark and step",
        "Mark the customer and move on; an action then acts on all marked.",
        ("space",),
        _LIST,
        _MARK,
        customer=True,
    ),
    Command(
        "mark_stay",
        "Mark",
        "Mark the customer, or take the mark away.",
        ("x",),
        _LIST,
        _MARK,
        customer=True,
    ),
    Command(
        "mark_range",
        "Mark a range",
        "Start a range here; press again at its other end.",
        ("V",),
        _LIST,
        _MARK,
        customer=True,
    ),
    Command(
        "mark_all",
        "Mark all shown",
        "Mark every customer of the list, or none.",
        ("asterisk",),
        _LIST,
        _MARK,
        customer=True,
    ),
    Command(
        "call",
        "Log a call",
        "Say how a call went: the outcome's key, then enter.",
        ("c",),
        _BOTH,
        _ACT,
        footer=1,
        label="call",
        customer=True,
    ),
    Command(
        "reactivate",
        "Reactivated",
        "The customer is back: close the case as reactivated.",
        ("r",),
        _BOTH,
        _ACT,
        footer=2,
        label="reactivated",
        customer=True,
    ),
    Command(
        "handover",
        "Hand to sales",
        "Write a packet for sales and hand the warm lead over.",
        ("w",),
        _BOTH,
        _ACT,
        footer=3,
        label="to sales",
        customer=True,
    ),
    Command(
        "mail",
        "Mail",
        "Draft a come-back mail: read it, then enter writes the file.",
        ("m",),
        _BOTH,
        _ACT,
        footer=16,
        label="mail",
        customer=True,
    ),
    Command(
        "offer",
        "Offer",
        "Make the next offer of the ladder, weighed first; or say what became of the last.",
        ("p",),
        _BOTH,
        _ACT,
        footer=15,
        label="offer",
        customer=True,
    ),
    Command(
        "snooze",
        "Snooze",
        "Hide the customer until a date.",
        ("z",),
        _BOTH,
        _ACT,
        footer=4,
        label="snooze",
        customer=True,
    ),
    Command(
        "done",
        "Done for today",
        "Take the customer off today's queue.",
        ("e",),
        _BOTH,
        _ACT,
        footer=12,
        label="done",
        customer=True,
    ),
    Command(
        "note",
        "Note",
        "Write a note.",
        ("a",),
        _BOTH,
        _ACT,
        footer=13,
        label="note",
        customer=True,
    ),
    Command(
        "consent",
        "Consent",
        "What the customer allowed, with its evidence; record what they say.",
        ("C",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "stage",
        "Move the case",
        "Set the stage of the case by hand.",
        ("s",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "accept",
        "Accept the suggestion",
        "Do what is suggested for the case.",
        ("A",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "dismiss",
        "Dismiss the suggestion",
        "Wave the suggestion aside until its facts change.",
        ("X",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "people",
        "People",
        "The people there: add, correct, checked today, has left.",
        ("P",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "contract",
        "Contract",
        "Enter a contract: its end and notice say when to talk.",
        ("K",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "edit",
        "Edit",
        "Set facts right by hand; no import overwrites them again.",
        ("E",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "repeat",
        "Repeat",
        "Do the last action again, here.",
        ("full_stop",),
        _BOTH,
        _ACT,
        customer=True,
    ),
    Command(
        "undo", "Undo", "Take the last action back.", ("u",), _BOTH, _ACT, footer=5, label="undo"
    ),
    Command("redo", "Redo", "Do again what was taken back.", ("U",), _BOTH, _ACT),
    Command(
        "why",
        "Why this score",
        "Explain the score in full.",
        ("i",),
        _BOTH,
        _MORE,
        footer=14,
        label="why",
        customer=True,
    ),
    Command(
        "copy", "Copy", "Copy phone, mail or the whole card.", ("y",), _BOTH, _MORE, customer=True
    ),
    Command(
        "import",
        "Import a file",
        "Pick a file, see what it is taken for, try it, and take it into the book.",
        ("I",),
        _LIST,
        _MORE,
    ),
    Command("session", "Today", "What was done today, and what is left.", ("S",), _BOTH, _MORE),
    Command(
        "backtest",
        "Backtest",
        "Prove the score on this book: what it would have said, and what happened.",
        ("B",),
        _BOTH,
        _MORE,
    ),
    Command(
        "rescore",
        "Renew the scores",
        "Fit the score's parameters to the book anew, and score it again.",
        ("ctrl+r",),
        _LIST,
        _MORE,
    ),
    Command(
        "export",
        "Export",
        "Write the customers on show, or those marked, to a file: list, purchases, deeds.",
        ("W",),
        _LIST,
        _MORE,
    ),
    Command(
        "duplicates",
        "Merge duplicates",
        "Customers who may be one, side by side; merge them, or say that they are two.",
        ("D",),
        _LIST,
        _MORE,
    ),
    Command(
        "erase",
        "Erase",
        "Erase the customer: what goes, what stays; after a wait, or at once.",
        ("ctrl+x",),
        _BOTH,
        _MORE,
        customer=True,
    ),
    Command(
        "messages", "Messages", "What was said in this session, errors too.", ("M",), _BOTH, _MORE
    ),
    Command(
        "palette",
        "Commands and customers",
        "Find any command or customer by name.",
        ("colon", "ctrl+p"),
        _BOTH,
        _MORE,
    ),
    Command("settings", "Themes", "Choose a theme.", ("comma",), _BOTH, _MORE),
    Command(
        "help",
        "Help",
        "All keys, with a sentence each.",
        ("question_mark", "f1"),
        _BOTH,
        _MORE,
        footer=0,
        label="help",
    ),
    Command(
        "quit",
        "Quit",
        "Go back; at the list, leave. Everything is saved.",
        ("q",),
        _BOTH,
        _MORE,
        footer=7,
        label="quit",
        label_there="back",
    ),
)
