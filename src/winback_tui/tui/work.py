"""What a worker is given to do."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any


def work(
    method: Callable[..., Coroutine[Any, Any, None]], *given: Any, **named: Any
) -> Callable[[], Any]:
    """Return what a worker calls once it runs.

    A coroutine that was made before would never be awaited where the worker is called off before
    its first step.
    """
    return partial(method, *given, **named)
