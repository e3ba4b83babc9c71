"""Where consent only warns, a command asks for the reason, and names the option that takes it."""

from typing import TYPE_CHECKING

import typer

from winback_tui.cli.context import formats
from winback_tui.errors import BadInputError
from winback_tui.model import Standing

if TYPE_CHECKING:
    from winback_tui.desk.gate import Gate


def ask_for_reason(ctx: typer.Context, found: "Gate", justify: str) -> None:
    """Raise BadInputError where a contact needs a reason and none was given."""
    from winback_tui.words.consent import refusal

    if found.standing is Standing.WARN and not justify.strip():
        said = refusal(found.channel, found.state, formats(ctx))
        raise BadInputError(f"{found.name}: {said} Write it after --justify.")
