"""What the app remembers of its own between sessions: the chosen theme."""

from __future__ import annotations

import json

from winback_tui import paths
from winback_tui.errors import BadInputError


def load() -> dict[str, str]:
    """Return what was remembered; empty where nothing was or where it cannot be read."""
    try:
        kept = json.loads((paths.state_dir() / "app.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, BadInputError):
        return {}
    return {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}


def remember(**values: str) -> None:
    """Remember values for the next session; a state folder that cannot be written is no failure."""
    try:
        paths.write_atomically(
            paths.state_dir() / "app.json",
            json.dumps(load() | values, ensure_ascii=False, indent=1),
        )
    except (OSError, BadInputError):
        return
