"""Splitting: a long text in parts that a platform takes, cut where it hurts least."""

_CUTS = ("\n\n", "\n", ". ", " ")


def split(text: str, most: int) -> list[str]:
    """Return the text in parts of at most `most` characters, never an empty list."""
    parts = []
    while len(text) > most:
        cut = _cut(text, most)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text or not parts else parts


def _cut(text: str, most: int) -> int:
    for mark in _CUTS:
        at = text.rfind(mark, 1, most - len(mark) + 1)
        if at > most // 2:
            return at + len(mark)
    return most
