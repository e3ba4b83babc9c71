"""The entry point. Imports what the call needs and no more: the screen does not pay for typer."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from winback_tui.cli.context import Options

_GLOBAL = ("--db", "--config", "--as-of")


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run winback with `argv` (default: the process's) and return the exit code."""
    try:
        return _main(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        # Before anything that would say more was there; as shells have it (128 + SIGINT).
        return 130


def _main(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        from winback_tui.cli.guard import guarded

        return guarded(_print_version)
    chosen = _only_global(arguments)
    if chosen is None or _completing():
        from winback_tui.cli import launch
        from winback_tui.cli.app import run

        launch.hand_in(_open)
        return run(arguments)
    from winback_tui.cli.guard import guarded

    return guarded(lambda: _open_chosen(chosen))


def _print_version() -> int:
    from winback_tui import __version__

    sys.stdout.write(f"winback {__version__}\n")
    return 0


def _only_global(arguments: list[str]) -> "dict[str, str] | None":
    """Return the global options, or None where there is anything else to parse."""
    found: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name not in _GLOBAL:
            return None
        following = value if equals else next(rest, None)
        if following is None:
            return None
        found[name] = following
    return found


def _open_chosen(chosen: "dict[str, str]") -> int:
    from winback_tui.cli.context import Options

    return _open(Options.gather(chosen.get("--db"), chosen.get("--config"), chosen.get("--as-of")))


def _open(options: "Options", note: str = "") -> int:
    """Open the app, or without a terminal print the top of the list; return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _print_top(options)
    from winback_tui.tui.run import run_app

    return run_app(options.db, options.config_path(), options.as_of, note=note)


def _print_top(options: "Options") -> int:
    from winback_tui.cli.views import print_top

    return print_top(options)


def _completing() -> bool:
    import os

    return any(name in os.environ for name in ("_WINBACK_COMPLETE", "_WINBACK_TUI_COMPLETE"))


if __name__ == "__main__":
    sys.exit(main())
