"""Streaming an answer without ever showing words that the screen would refuse."""

import re
from collections.abc import Callable

_BOUNDARY = re.compile(r"[.!?…](?=\s)|\n")
"""Ends a sentence or a line; an abbreviation only makes a piece shorter."""


OVERLAP = 300
"""Characters already said that are judged again with what follows them."""


class ScreenedStream:
    """Holds text back until a sentence ends, and lets it pass if the screen does.

    The screen judges each new sentence with what was said just before it, so that
    nothing gets through by being cut in two; judging all of it each time holds the
    event loop for seconds where an answer is long. The whole answer is judged once
    more at its end. The text streamed is always a prefix of the stripped answer.
    """

    def __init__(
        self,
        on_text: Callable[[str], None],
        *,
        passes: Callable[[str], bool],
        replaced: Callable[[str], bool],
    ) -> None:
        """Judge with `passes`; where `replaced` holds, another text will be said."""
        self._on_text = on_text
        self._passes = passes
        self._replaced = replaced
        self._text = ""
        self._said = ""
        self._stopped = False

    def restart(self, replaced: Callable[[str], bool] | None = None) -> None:
        """Begin another answer; what was already said cannot be taken back."""
        self._replaced = replaced or self._replaced
        self._text = ""
        self._stopped = bool(self._said)

    def feed(self, piece: str) -> None:
        """Take the model's next piece of text."""
        self._text = (self._text + piece).lstrip()
        ends = [match.end() for match in _BOUNDARY.finditer(self._text)]
        if not ends or self._stopped:
            return
        text = self._text[: ends[-1]].rstrip()
        before = max(0, len(self._said) - OVERLAP)
        if not self._passes(text[before:]) or self._replaced(text):
            self._stopped = True
            return
        self._say(text)

    def finish(self, answer: str) -> None:
        """Say the rest of what the reply says, which has passed as a whole."""
        if answer.startswith(self._said):
            self._say(answer)

    def _say(self, text: str) -> None:
        if len(text) > len(self._said):
            self._on_text(text[len(self._said) :])
            self._said = text
