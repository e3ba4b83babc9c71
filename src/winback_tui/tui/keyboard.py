"""Keys one at a time: what is typed fast, or pasted, goes where it would go if typed slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar, overload

from textual import events
from textual.app import App, ReturnType
from textual.message_pump import MessagePump
from textual.screen import Screen

from winback_tui.tui.work import work

#: The longest wait for what one key does, in seconds; then the next goes out all the same. A busy
#: machine takes a second to open a sheet, and a letter meant for it would be a command in the list.
_LONGEST: Final = 10.0
Answer = TypeVar("Answer")


class OneKeyAtATime(App[ReturnType]):
    """An app that hands out a key only when the one before it has done what it does.

    Textual forwards keys to the focused widget as they arrive. In a burst the keys after one that
    opens a sheet would be handed to the list, and there be commands.
    """

    #: How many commands are under way. One whose screen is open waits for it.
    giving = 0
    _asked: tuple[Screen[Any], ...] = ()
    _typed: asyncio.Queue[events.Key] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Put keys into a line of their own; all else goes on as it is."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._typed is None:
                self._typed = asyncio.Queue()
                self.run_worker(work(self._hand_out, self._typed), group="keys")
            self._typed.put_nowait(event)
        else:
            await super().on_event(event)

    async def _hand_out(self, typed: asyncio.Queue[events.Key]) -> None:
        while True:
            key = await typed.get()
            before = self.screen
            target = self.focused or before
            await super().on_event(key)
            # A binding is found when the key has climbed from the focus to the app; what it does
            # there, such as sending off a line, climbs the same way after it.
            path = target.ancestors_with_self
            for pump in (*path, *path):
                await _caught_up(pump)
            if self._busy() or self.screen is not before:
                await self._settled()
            typed.task_done()

    async def keys_done(self) -> None:
        """Wait until every key that has come in has done what it does.

        Not to be called from a handler of the app's own: what it has yet to handle may be keys.
        """
        await _caught_up(self)
        if self._typed is not None:
            await self._typed.join()

    @overload
    async def push_screen_wait(
        self, screen: Screen[Answer], *, mode: str | None = None
    ) -> Answer: ...

    @overload
    async def push_screen_wait(self, screen: str, *, mode: str | None = None) -> Any: ...

    async def push_screen_wait(
        self, screen: Screen[Answer] | str, *, mode: str | None = None
    ) -> Answer | Any:
        """Push a screen and return its result, as Textual does; until then its command waits."""
        if isinstance(screen, str):
            return await super().push_screen_wait(screen, mode=mode)
        self._asked = (*self._asked, screen)
        try:
            return await super().push_screen_wait(screen, mode=mode)
        finally:
            self._asked = tuple(each for each in self._asked if each is not screen)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Let the next key wait for what the block does, or for the screen that it opens."""
        self.giving += 1
        try:
            yield
        finally:
            self.giving -= 1

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let no key wait for a long piece of work inside a command."""
        self.giving -= 1
        try:
            yield
        finally:
            self.giving += 1

    def _busy(self) -> bool:
        """Return whether a command is under way that waits for no screen."""
        stack = self.screen_stack
        return self.giving > sum(each in stack for each in self._asked)

    async def _settled(self) -> None:
        """Wait until commands have opened their screen, with its focus, or come to their end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST):
                while self._busy() or not self.screen.is_mounted:
                    await asyncio.sleep(0.002)
        for pump in (self.screen, self):
            await _caught_up(pump)


async def _caught_up(pump: MessagePump) -> None:
    """Wait until `pump` has handled what stands in its queue now."""
    done = asyncio.Event()
    if pump.is_running and pump.call_later(done.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), _LONGEST)
