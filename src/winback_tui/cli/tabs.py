"""The option that names a list: by the word of the command line, or as the app's tab is called."""

from typing import Any

import typer

from winback_tui.cli.deed import word
from winback_tui.model import Tab


def tab_option(help_: str, **more: Any) -> Any:
    """Return the option `--tab`, with what it says in the help."""
    return typer.Option(
        parser=named, metavar="|".join(Tab), autocompletion=lambda: list(Tab), help=help_, **more
    )


def named(text: str) -> Tab:
    """Return the list of this name: “followups”, “follow-ups” or “Follow-ups”."""
    plain = "".join(each for each in text.casefold() if each.isalpha())
    return word(Tab, plain if plain in list(Tab) else text, "list")
