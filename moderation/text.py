"""Text made safe to store, compare and put before a model."""

import hashlib
import re
import unicodedata

Span = tuple[int, int]

CONTROL_TOKEN = re.compile(
    r"<\|[^<>|\s]{1,40}\|>"
    r"|</?s>|<(?:bos|eos|pad|unk)>|\[/?INST\]|<</?SYS>>"
    r"|<(?:start|end)_of_turn>"
    # The other special tokens of SmolLM2's vocabulary.
    r"|<(?:repo_?name|file_sep|filename|gh_stars|empty_output)>"
    r"|<issue_(?:start|comment|closed)>"
    r"|<jupyter_(?:start|text|code|output|script)>",
    re.IGNORECASE,
)
"""What a tokenizer reads as structure, although a person typed it."""

JOINERS = "\u200c\u200d"
UNSEEN_BUT_ORDINARY = "\u00ad\ufeff"
"""The soft hyphen and the byte order mark: pasted by accident, removed unsaid."""
VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f]{2,}|[\U000e0100-\U000e01ef]")
ODD_SPACES = re.compile(r"[^\S\n\t ]")
ROUNDS = 8
"""How deep tokens may hide inside each other before all their brackets go."""
BRACKETS = str.maketrans("", "", "<>|[]")


def clean(text: str) -> str:
    """Normalise to NFC and drop what people cannot see and models must not read.

    Removes invisible, direction and control characters and model control tokens;
    what is left of a token that hid inside another is removed as well.
    """
    for _ in range(ROUNDS):
        before, text = text, _once_cleaned(text)
        if text == before:
            return text
    return _once_cleaned(text.translate(BRACKETS))


def hidden_spans(text: str) -> list[Span]:
    """Find characters that people cannot see, or that reorder what they see."""
    spans = [
        (index, index + 1)
        for index, character in enumerate(text)
        if not character.isprintable() and _hides(text, index)
    ]
    spans += [match.span() for match in VARIATION_SELECTORS.finditer(text)]
    return sorted(spans)


def control_token_spans(text: str) -> list[Span]:
    """Find what a tokenizer would read as structure."""
    return [match.span() for match in CONTROL_TOKEN.finditer(text)]


def fingerprint(*fields: str) -> str:
    """Name a text by what it says: equal for texts that differ in case or spacing.

    Signs inside a text count, so `C` and `C++`, `35` and `3.5` stay apart.
    """
    said = "\x1f".join(normalised(field) for field in fields)
    return hashlib.sha256(said.encode()).hexdigest()


def normalised(text: str) -> str:
    """Fold case, width, spacing and the closing full stop."""
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    return " ".join(folded.split()).rstrip(" .!?")


def _once_cleaned(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _without(text, hidden_spans(text))
    text = re.sub(f"[{UNSEEN_BUT_ORDINARY}]", "", text)
    text = CONTROL_TOKEN.sub("", unicodedata.normalize("NFC", text))
    return ODD_SPACES.sub(" ", text).strip()


def _hides(text: str, index: int) -> bool:
    character = text[index]
    if character in "\n\r\t" or character in UNSEEN_BUT_ORDINARY:
        return False
    if character in JOINERS:
        return not _joins(text, index)
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _joins(text: str, index: int) -> bool:
    """Say whether a joiner does its work: emoji, and scripts that need it."""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    return bool(before and after) and not (before.isascii() or after.isascii())


def _without(text: str, spans: list[Span]) -> str:
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    return "".join(kept)
