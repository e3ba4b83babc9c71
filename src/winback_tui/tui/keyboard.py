"""Keys one at a time: what is typed fast, or pasted, goes where it would go if typed slowly."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from textual import events
from textual.app import App, ReturnType
from textual.message_pump import MessagePump

#: The longest wait for what one key does, in seconds; then the next goes out all the same. A busy
#: machine takes a second to open a sheet, and a letter meant for it would be a command in the list.
_LONGEST: Final = 10.0


class OneKeyAtATime(App[ReturnType]):
    """An app that hands out a key only when the one before it has done what it does.

    Textual forwards keys to the focused widget as they arrive. In a burst the keys after one that
    opens a sheet would be handed to the list, and there be commands.
    """

    #: The sign of a command that is about to open a screen, until that screen is there.
    opening: object | None = None
    _typed: asyncio.Queue[events.Key] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Put keys into a line of their own; all else goes on as it is."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._typed is None:
                self._typed = asyncio.Queue()
                self.run_worker(self._hand_out(self._typed), group="keys")
            self._typed.put_nowait(event)
        else:
            await super().on_event(event)

    async def _hand_out(self, typed: asyncio.Queue[events.Key]) -> None:
        while True:
            key = await typed.get()
            before = self.screen
            target = self.focused or before
            await super().on_event(key)
            for pump in (target, before, self):
                await _caught_up(pump)
            if self.opening:
                await self._opened(before)
            typed.task_done()

    async def keys_done(self) -> None:
        """Wait until every key that has come in has done what it does."""
        if self._typed is not None:
            await self._typed.join()

    async def _opened(self, before: MessagePump) -> None:
        """Wait until the screen that is being opened has its focus."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST):
                while self.opening and (self.screen is before or not self.screen.is_mounted):
                    await asyncio.sleep(0.002)
        self.opening = None
        for pump in (self.screen, self):
            await _caught_up(pump)


async def _caught_up(pump: MessagePump) -> None:
    """Wait until `pump` has handled what stands in its queue now."""
    done = asyncio.Event()
    if pump.is_running and pump.call_later(done.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), _LONGEST)
