"""The themes, and the few named styles that every widget draws with."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="winback-dark",
    primary="#7aa2c9",
    secondary="#8f9fb3",
    accent="#e0b265",
    foreground="#d7dce2",
    background="#14181d",
    surface="#1a1f26",
    panel="#222932",
    success="#86c08b",
    warning="#e0b265",
    error="#e8806f",
    dark=True,
    variables={"footer-key-foreground": "#e0b265"},
)
LIGHT = Theme(
    name="winback-light",
    primary="#1f5f99",
    secondary="#4f5f70",
    accent="#8a5a00",
    foreground="#1d2329",
    background="#fbfaf7",
    surface="#f2f0eb",
    panel="#e6e3dc",
    success="#246b2c",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
)
CONTRAST = Theme(
    name="winback-contrast",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    success="#00ff66",
    warning="#ffff00",
    error="#ff8a8a",
    dark=True,
)
#: In the order in which the theme sheet shows them; the last ones are Textual's own.
THEMES: tuple[Theme, ...] = (DARK, LIGHT, CONTRAST)
MORE: tuple[str, ...] = (
    "ansi-dark",
    "ansi-light",
    "nord",
    "gruvbox",
    "solarized-light",
    "catppuccin-latte",
)
DEFAULT = DARK.name


class Pens(NamedTuple):
    """The rich styles that widgets draw with, mixed from one theme."""

    text: Style
    dim: Style
    faint: Style
    strong: Style
    title: Style
    key: Style
    good: Style
    warn: Style
    bad: Style
    cursor: Style
    marked: Style
    band: Style


@lru_cache(maxsize=32)
def _mix(
    *,
    foreground: str,
    background: str,
    primary: str,
    accent: str,
    good: str,
    warn: str,
    bad: str,
    panel: str,
    surface: str,
    ansi: bool,
) -> Pens:
    if ansi:
        return Pens(
            text=Style(),
            dim=Style(dim=True),
            faint=Style(dim=True),
            strong=Style(bold=True),
            title=Style(color="blue", bold=True),
            key=Style(color="cyan", bold=True),
            good=Style(color="green"),
            warn=Style(color="yellow"),
            bad=Style(color="red"),
            cursor=Style(bold=True),
            marked=Style(color="cyan", bold=True),
            band=Style(),
        )
    ink, paper = Color.parse(foreground), Color.parse(background)
    return Pens(
        text=Style(color=ink.rich_color),
        dim=Style(color=ink.blend(paper, 0.35).rich_color),
        faint=Style(color=ink.blend(paper, 0.48).rich_color),
        strong=Style(color=ink.rich_color, bold=True),
        title=Style(color=Color.parse(primary).rich_color, bold=True),
        key=Style(color=Color.parse(accent).rich_color, bold=True),
        good=Style(color=Color.parse(good).rich_color),
        warn=Style(color=Color.parse(warn).rich_color),
        bad=Style(color=Color.parse(bad).rich_color),
        cursor=Style(bgcolor=Color.parse(panel).rich_color),
        marked=Style(color=Color.parse(accent).rich_color, bold=True),
        band=Style(bgcolor=Color.parse(surface).rich_color),
    )


def pens(theme: Theme) -> Pens:
    """Return the pens of a theme; themes that leave the terminal its own colours get plain ones."""
    ink = theme.foreground or ("#e0e0e0" if theme.dark else "#1e1e1e")
    paper = theme.background or ("#121212" if theme.dark else "#fafafa")
    return _mix(
        foreground=ink,
        background=paper,
        primary=theme.primary,
        accent=theme.accent or theme.primary,
        good=theme.success or "#4ebf71",
        warn=theme.warning or "#fea62b",
        bad=theme.error or "#b93c5b",
        panel=theme.panel or ("#242f38" if theme.dark else "#dddddd"),
        surface=theme.surface or paper,
        ansi=ink.startswith("ansi"),
    )
