"""The one error that a person can answer: what a file leaves open, and which option says it."""

from winback_tui.errors import BadInputError


class UnclearError(BadInputError):
    """A file needs a word from its user; `asks` is decimal, order, sheet or mapping."""

    def __init__(self, sentence: str, asks: str) -> None:
        super().__init__(sentence)
        self.asks = asks
