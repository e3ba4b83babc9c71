"""How keys are written for people, and the registry with the keys that the user chose."""

from typing import Final

from winback_tui.desk.commands import COMMANDS, Command, Context
from winback_tui.errors import BadInputError

#: Keys that terminals or multiplexers keep for themselves or send as something else.
UNSENDABLE: Final = frozenset(
    {
        "ctrl+j",
        "ctrl+m",
        "ctrl+i",
        "ctrl+h",
        "ctrl+left_square_bracket",
        "ctrl+k",
        "ctrl+l",
        "ctrl+a",
        "ctrl+b",
        "ctrl+enter",
        "alt+enter",
    }
)

_KEY_SIGNS: Final = {
    "slash": "/",
    "full_stop": ".",
    "comma": ",",
    "colon": ":",
    "question_mark": "?",
    "asterisk": "*",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
}


def key_sign(key: str) -> str:
    """Return how a Textual key name is written for people: `slash` is “/”."""
    return _KEY_SIGNS.get(key, key)


def with_user_keys(overrides: dict[str, str]) -> tuple[Command, ...]:
    """Return the registry with the keys that the config's `[keys]` table sets.

    Raises BadInputError for an unknown command, a key that terminals cannot send, or a key that
    two commands of one context would share.
    """
    unknown = sorted(set(overrides) - {command.id for command in COMMANDS})
    if unknown:
        raise BadInputError(
            f"config, [keys]: there is no command “{unknown[0]}”; see “winback keys” for the names."
        )
    changed = tuple(
        command._replace(
            keys=tuple(key.strip() for key in overrides[command.id].split(",") if key.strip()),
        )
        if command.id in overrides
        else command
        for command in COMMANDS
    )
    taken: dict[tuple[Context, str], str] = {}
    for command in changed:
        for key in command.keys:
            if key in UNSENDABLE or key.startswith("ctrl+shift"):
                raise BadInputError(
                    f"config, [keys]: terminals do not send {key} (for “{command.id}”)."
                )
            for context in command.contexts:
                other = taken.setdefault((context, key), command.id)
                if other != command.id:
                    both = f"both “{other}” and “{command.id}”"
                    raise BadInputError(f"config, [keys]: {key_sign(key)} would be {both}.")
    return changed
