"""The registry of commands: every key, footer, help line and palette entry comes from it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.apps import number, running, scored, shown, triage
from tests.little import winback
from winback_tui import config as configs
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.commands import COMMANDS, Command, Context
from winback_tui.desk.keymap import UNSENDABLE, key_sign, with_user_keys
from winback_tui.errors import BadInputError
from winback_tui.tui import hands
from winback_tui.tui.screens.dossier import DossierScreen
from winback_tui.tui.screens.giving import Giving
from winback_tui.tui.screens.triage import TriageScreen
from winback_tui.tui.sheets.palette import Palette

README = Path(__file__).resolve().parents[1] / "README.md"
SCREENS: dict[Context, type[Giving]] = {
    Context.LIST: TriageScreen,
    Context.DOSSIER: DossierScreen,
}
every_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)


def test_ids_are_unique() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("context", Context)
def test_no_key_means_two_things_in_one_place(context: Context) -> None:
    keys = [key for command in COMMANDS if context in command.contexts for key in command.keys]
    assert sorted(set(keys)) == sorted(keys)


@every_command
def test_no_key_is_one_that_terminals_keep(command: Command) -> None:
    assert command.keys
    assert not UNSENDABLE & set(command.keys)
    assert not any("shift" in key or key.startswith("alt+") for key in command.keys)


@every_command
def test_every_command_says_what_it_does(command: Command) -> None:
    assert re.fullmatch(r"[A-Z].*[^.]\.", command.sentence)
    assert command.title
    assert command.title[0].isupper()
    assert not command.title.endswith(".")
    assert command.group in {"Move", "Act", "Find", "Mark", "More"}
    assert command.contexts
    assert (command.footer is None) == (not command.label)


@pytest.mark.parametrize("context", Context)
def test_every_command_can_be_given_where_it_says(context: Context) -> None:
    missing = [
        command.id
        for command in COMMANDS
        if context in command.contexts
        and not any(
            callable(getattr(who, f"give_{command.id}", None))
            for who in (SCREENS[context], *hands.commands())
        )
    ]
    assert missing == []


def test_every_hand_does_the_commands_it_is_listed_for_and_no_others() -> None:
    listed = hands.commands()
    assert {(who, name) for who, names in listed.items() for name in names} == {
        (who, name[5:]) for who in hands.commands() for name in dir(who) if name.startswith("give_")
    }


@pytest.mark.parametrize("context", Context)
def test_nothing_can_be_given_that_is_not_in_the_registry(context: Context) -> None:
    given = {
        name[5:]
        for who in (SCREENS[context], *hands.commands())
        for name in dir(who)
        if name.startswith("give_")
    }
    assert given <= {command.id for command in COMMANDS}


def test_footer_ranks_are_unique_in_a_place() -> None:
    for context in Context:
        ranks = [c.footer for c in COMMANDS if context in c.contexts and c.footer is not None]
        assert sorted(set(ranks)) == sorted(ranks)


async def test_the_footer_shows_the_registry_s_keys_and_labels(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "foot.db"), size=(200, 40)) as (app, pilot):
        for key, context in (("j", Context.LIST), ("enter", Context.DOSSIER)):
            await pilot.press(key)
            await pilot.pause()
            footer = shown(app).splitlines()[-1]
            for command in COMMANDS:
                if command.footer is not None and context in command.contexts:
                    assert f"{key_sign(command.keys[0])} {command.named(context)}" in footer


async def test_a_narrow_footer_keeps_help_and_what_ranks_first(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "foot.db"), size=(44, 20)) as (app, _):
        footer = shown(app).splitlines()[-1]
        assert "c call" in footer
        assert "? help" in footer
        assert "f filter" not in footer


@pytest.mark.parametrize("context", Context)
async def test_the_help_sheet_has_a_line_for_every_key_here(
    tmp_path: Path, context: Context
) -> None:
    async with running(scored(tmp_path / "help.db"), size=(96, 160)) as (app, pilot):
        if context is Context.DOSSIER:
            await pilot.press("enter")
            await pilot.pause()
        await pilot.press("question_mark")
        await pilot.pause()
        lines = [" ".join(line.split()) for line in shown(app).splitlines()]
        text = re.sub(r"\s+", " ", shown(app).replace("│", " "))
        for command in COMMANDS:
            if context in command.contexts:
                keys = " ".join(key_sign(key) for key in command.keys)
                first_words = " ".join(command.sentence.split()[:3])
                assert any(f"{keys} {first_words}" in line for line in lines), command.id
                assert command.sentence in text, command.id


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (150, 50), (44, 20)])
@pytest.mark.parametrize("context", Context)
async def test_the_help_sheet_can_be_read_to_its_end(
    tmp_path: Path, context: Context, size: tuple[int, int]
) -> None:
    async with running(scored(tmp_path / "help.db"), size=size) as (app, pilot):
        if context is Context.DOSSIER:
            await pilot.press("enter")
        await pilot.press("question_mark")
        seen: set[str] = set()
        while not seen >= (now := set(shown(app).splitlines())):
            seen |= now
            await pilot.press("space")
        lines = [" ".join(line.split()) for line in seen]
        assert not any("…" in line for line in lines)
        for command in COMMANDS:
            if context in command.contexts:
                keys = " ".join(key_sign(key) for key in command.keys)
                first_words = " ".join(command.sentence.split()[:2])
                assert any(f"{keys} {first_words}" in line for line in lines), command.id


async def test_the_palette_offers_every_other_command_of_the_place(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "palette.db"), size=(120, 60)) as (app, pilot):
        await pilot.press("colon")
        await pilot.pause()
        assert isinstance(app.screen, Palette)
        wanted = {c.id for c in COMMANDS if Context.LIST in c.contexts} - {"palette"}
        assert {value for kind, value in app.screen._answers if kind == "command"} == wanted
        await pilot.press(*"undo")
        await pilot.pause()
        assert any(
            re.search(r"\bu\s+Undo\s+Take the last action back\.", line)
            for line in shown(app).splitlines()
        )


def test_the_command_line_prints_the_same_registry() -> None:
    told: list[dict[str, Any]] = json.loads(winback("keys", "--format", "json").stdout)
    assert [(each["name"], tuple(each["keys"]), each["sentence"]) for each in told] == [
        (command.id, command.keys, command.sentence) for command in COMMANDS
    ]


def test_the_readme_holds_the_table_that_the_command_line_prints() -> None:
    text = README.read_text(encoding="utf-8")
    found = re.search(r"^## Keys\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    assert winback("keys", "--format", "md").stdout.strip() in found[1]


async def test_a_command_that_can_do_nothing_says_why(tmp_path: Path) -> None:
    Book.create(tmp_path / "empty.db").close()
    async with running(tmp_path / "empty.db") as (app, pilot):
        for command in COMMANDS:
            if not (command.customer and Context.LIST in command.contexts):
                continue
            app.messages.clear()
            await pilot.press(command.keys[0])
            await pilot.pause()
            said = [text for text, _ in app.messages]
            assert len(said) == 1, command.id
            assert said[0].endswith("."), command.id
            assert app.screen is triage(app), command.id


async def test_what_cannot_be_given_now_is_told_by_the_footer(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "dim.db")) as (app, pilot):
        screen = triage(app)
        assert screen.why_not(app.commands["call"]) is None
        assert all(hint.enabled for hint in screen.hints())
        await pilot.press("f", *"city:nowhere", "enter")
        await pilot.pause()
        enabled = {hint.command.id: hint.enabled for hint in screen.hints()}
        assert not enabled["call"]
        assert not enabled["open"]
        assert enabled["filter"]


async def test_a_repeat_before_any_deed_says_so(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "repeat.db")) as (app, pilot):
        await pilot.press("full_stop")
        await pilot.pause()
        assert app.messages == [("There is nothing to repeat yet: do something first.", False)]


def user_keys(tmp_path: Path, **keys: str) -> Config:
    """Return the config that a file with these keys gives."""
    path = tmp_path / "config.toml"
    path.write_text(
        "[keys]\n" + "".join(f'{name} = "{value}"\n' for name, value in keys.items()), "utf-8"
    )
    return configs.load(path)


async def test_the_user_s_keys_replace_the_registry_s(tmp_path: Path) -> None:
    config = user_keys(tmp_path, down="t", bottom="b,end")
    async with running(scored(tmp_path / "own.db"), config=config) as (app, pilot):
        table = triage(app).table
        await pilot.press("j")
        await pilot.pause()
        assert table.cursor == 0
        await pilot.press("t")
        await pilot.pause()
        assert table.cursor == 1
        await pilot.press("G")
        await pilot.pause()
        assert table.cursor == 1
        await pilot.press("b")
        await pilot.pause()
        assert table.cursor == len(table.ids) - 1
        await pilot.press("k")
        await pilot.pause()
        assert table.cursor == len(table.ids) - 2


async def test_the_user_s_keys_stand_in_footer_and_help(tmp_path: Path) -> None:
    config = user_keys(tmp_path, call="t", quit="Q")
    async with running(scored(tmp_path / "own.db"), config=config, size=(120, 40)) as (app, pilot):
        footer = shown(app).splitlines()[-1]
        assert "t call" in footer
        assert "Q quit" in footer
        await pilot.press("question_mark")
        await pilot.pause()
        assert re.search(r"\bt\s+Say how a call went", shown(app))
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert "t call" in shown(app).splitlines()[-1]


async def test_keys_may_be_swapped(tmp_path: Path) -> None:
    config = user_keys(tmp_path, up="j", down="k")
    async with running(scored(tmp_path / "swap.db"), config=config) as (app, pilot):
        first = number(app)
        await pilot.press("k")
        await pilot.pause()
        assert number(app) != first
        await pilot.press("j")
        await pilot.pause()
        assert number(app) == first


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"dance": "d"}, ("dance", "no command")),
        ({"call": "ctrl+j"}, ("ctrl+j", "call")),
        ({"call": "ctrl+shift+c"}, ("ctrl+shift+c", "call")),
        ({"call": "alt+enter"}, ("alt+enter", "call")),
        ({"call": "r"}, ("call", "reactivate")),
        ({"next_customer": "c"}, ("next_customer", "call")),
        ({"search": "question_mark"}, ("?", "search", "help")),
    ],
)
def test_a_bad_keymap_is_refused_in_one_sentence(
    tmp_path: Path, keys: dict[str, str], words: tuple[str, ...]
) -> None:
    with pytest.raises(BadInputError) as refused:
        with_user_keys(keys)
    sentence = str(refused.value)
    assert "[keys]" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_a_bad_keymap_ends_the_command_line_with_2(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\ncall = "r"\n', encoding="utf-8")
    done = winback("--config", path, "keys")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_key_may_be_used_in_both_places_for_different_commands() -> None:
    changed = {command.id: command.keys for command in with_user_keys({"next_customer": "s2"})}
    assert changed["next_customer"] == ("s2",)
    assert changed["down"] == next(c for c in COMMANDS if c.id == "down").keys
