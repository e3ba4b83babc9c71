"""The config file and the user's folders: what cannot be is one sentence, naming what to change."""

import os
from pathlib import Path

import pytest

from tests.little import a_sentence, fill, winback
from winback_tui import config as configs
from winback_tui import paths
from winback_tui.config import Bands, Config, Consent, Horizon
from winback_tui.errors import BadInputError
from winback_tui.tui import state


def load(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return configs.load(path)


SECTIONS: dict[str, Bands | Horizon | Consent] = {
    "bands": Bands(),
    "horizon": Horizon(),
    "consent": Consent(),
}
NUMBERS = {
    f"{section}.{key}"
    for section, values in SECTIONS.items()
    for key, value in values._asdict().items()
    if isinstance(value, int | float)
}


def test_every_number_has_a_range_and_its_default_lies_in_it() -> None:
    for section, values in SECTIONS.items():
        numbers = {name.removeprefix(f"{section}.") for name in NUMBERS if section in name}
        assert set(values.ranges()) == numbers
        for key, (lowest, highest) in values.ranges().items():
            assert lowest <= getattr(values, key) <= highest
        assert not list(values.broken())


@pytest.mark.parametrize("name", sorted(NUMBERS))
@pytest.mark.parametrize("wild", ["-1", "99999999999"])
def test_a_number_out_of_its_range_is_named_with_file_and_key(
    tmp_path: Path, name: str, wild: str
) -> None:
    section, key = name.split(".")
    with pytest.raises(BadInputError, match=rf"config\.toml, line 2: “{name}” must be from"):
        load(tmp_path, f"[{section}]\n{key} = {wild}\n")


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadInputError, match=r"horizon\.cycles"):
        load(tmp_path, f"[horizon]\ncycles = {value}\n")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[consent]\nunused_warn = 19", "unused_warn ≤ unused_block"),
        ("[consent]\nused_block = 3", "used_warn ≤ used_block"),
        ("[bands]\nwatch = 66", "watch ≤ at_risk"),
        ("[bands]\ngone_gaps = 3", "lapsed_gaps ≤ gone_gaps"),
        ("[horizon]\nlongest = 29", "shortest ≤ longest"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(
    tmp_path: Path, text: str, rule: str
) -> None:
    with pytest.raises(BadInputError, match=rule):
        load(tmp_path, text)


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file" / "data"))
    with pytest.raises(BadInputError, match="file/data/winback could not be made"):
        paths.data_dir()
    said = a_sentence(winback("list", env=dict(os.environ)), 2)
    assert "file/data/winback could not be made" in said


def test_the_widest_settings_still_score(tmp_path: Path) -> None:
    book = fill(tmp_path / "book.db")
    for turn in (0, 1):
        text = "".join(
            f"[{section}]\n"
            + "".join(f"{key} = {span[turn]}\n" for key, span in values.ranges().items())
            for section, values in SECTIONS.items()
        )
        config = tmp_path / f"{turn}.toml"
        config.write_text(text, encoding="utf-8")
        done = winback("--config", config, "--db", book, "--as-of", "2026-11-21", "list")
        assert done.returncode == 0, done.stderr


def test_the_app_does_without_its_memory_where_its_folder_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    state.remember(theme="nord")
    assert state.load() == {}
