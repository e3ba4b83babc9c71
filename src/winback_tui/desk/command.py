"""What a command of the app is; `commands` lists them all."""

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


#: Where a command belongs in the help.
MOVE, ACT, FIND, MARK, MORE = "Move", "Act", "Find", "Mark", "More"
LIST: Final = (Context.LIST,)
DOSSIER: Final = (Context.DOSSIER,)
BOTH: Final = (Context.LIST, Context.DOSSIER)
