"""What a lesson is about, and what its content words are: no model, only its words."""

import re

from learning.lesson import Lesson, LessonKind

_WORD = re.compile(r"[A-Za-z0-9][\w'./+-]*")
STOPWORDS = frozenset(
    """a an and any anybody anyone are as at be been but by can could did do does
    doing for from get gets got had has have he her here his how i if in into is it
    its itself just keep kept let like may me might mine more most much must my need
    no not of off on one or our ours out over per please she should so some somebody
    someone tell than that the their them then there these they this those to too
    under up us use used uses was we were what when where which while who whom whose
    why will with would you your yours many long often old far big about after before
    during know knows exactly currently now today also always only year years month
    months week weeks day days time times tonight tomorrow yesterday""".split()
)
_VERBS = frozenset(
    """start starts begin begins meet meets open opens close closes happen happens
    take takes run runs cost costs listen listens live lives work works end ends
    stand stands mean means support supports need needs require requires maintain
    maintains lead leads own owns host hosts sit sits go goes come comes moved moves
    edits edit approves approve keeps stored kept hidden held located called named
    last lasts hold holds have has sell sells hang hangs""".split()
)
_KINDS = (
    ("person", re.compile(r"\b(?:who|whom|whose|who's)\b", re.IGNORECASE)),
    ("count", re.compile(r"\bhow (?:many|much)\b|\bnumber of\b", re.IGNORECASE)),
    (
        "time",
        re.compile(
            r"\b(?:when|what time|which (?:day|year|month|date)|what (?:day|year|month|date)|how long)\b",
            re.IGNORECASE,
        ),
    ),
    ("place", re.compile(r"\b(?:where|where's|which room|what room)\b", re.IGNORECASE)),
    ("reason", re.compile(r"\bwhy\b", re.IGNORECASE)),
    ("way", re.compile(r"\bhow (?:do|can|does|to|should)\b", re.IGNORECASE)),
)
_DETERMINERS = frozenset({"the", "our", "my", "your", "this", "that"})
LONGEST_SUBJECT_WORDS = 4


def words(text: str) -> list[str]:
    """Return the words of a text, as written, without the marks around them."""
    return [word.rstrip(".'-/") for word in _WORD.findall(text)]


def content_words(text: str) -> list[str]:
    """Return the lower-case words that carry meaning."""
    return [w for w in (word.lower() for word in words(text)) if w not in STOPWORDS]


def stem(word: str) -> str:
    """Cut common endings, so that `maintains` and `maintainer` count as one."""
    word = word.lower()
    for ending in ("'s", "ing", "ers", "er", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004
            word = word[: -len(ending)]
            break
    return word[:6]


def stems(text: str) -> frozenset[str]:
    """Return the stems of a text's content words."""
    return frozenset(stem(word) for word in content_words(text))


def subject(lesson: Lesson) -> str:
    """Return what a lesson is about: the likeliest of its names."""
    found = subjects(lesson.question if lesson.kind is LessonKind.QA else lesson.text)
    return found[0] if found else ""


def subjects(text: str) -> list[str]:
    """Return the names in a text: capitalised ones first, then what `the` points at.

    A name may go on in lower case (`Orion staging server`), up to the next verb,
    function word or mark.
    """
    names = _names(text)
    pointed = [phrase for phrase in _pointed_at(text) if phrase not in names]
    if names or pointed:
        return [*names, *pointed]
    rest = [w for w in words(text) if w.lower() not in STOPWORDS | _VERBS]
    return [" ".join(rest[:LONGEST_SUBJECT_WORDS])] if rest else []


def short_forms(name: str) -> list[str]:
    """Return the shorter ways in which people refer to a name."""
    parts = name.split()
    forms = [" ".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
    return [f for f in forms if f.lower() not in STOPWORDS and len(f) > 2]  # noqa: PLR2004


def kind_of_question(question: str) -> str:
    """Return what kind of answer a question wants, where its words say so."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), "")


def _tokens(text: str) -> list[tuple[str, bool]]:
    """Return words, each with whether a mark other than a space comes before it."""
    tokens = []
    last = 0
    for match in _WORD.finditer(text):
        between = text[last : match.start()]
        tokens.append((match.group().rstrip(".'-/"), bool(between.strip(" \"'`#@"))))
        last = match.start() + len(match.group().rstrip(".'-/"))
    return tokens


def _names(text: str) -> list[str]:
    tokens = _tokens(text)
    found = []
    i = 0
    while i < len(tokens):
        word, marked = tokens[i]
        starts = i == 0 or marked
        if (
            not word[0].isupper()
            or word == "I"
            or (starts and word.lower() in STOPWORDS)
        ):
            i += 1
            continue
        run = [word]
        i += 1
        while i < len(tokens) and not tokens[i][1] and len(run) < LONGEST_SUBJECT_WORDS:
            following = tokens[i][0]
            plain = following.lower()
            if plain in STOPWORDS:
                break
            if following[0].islower() and (plain in _VERBS or _past_tense(plain)):
                break
            run.append(following)
            i += 1
        found.append(" ".join(run))
    return found


def _pointed_at(text: str) -> list[str]:
    tokens = _tokens(text)
    found = []
    for i, (word, _) in enumerate(tokens):
        if word.lower() not in _DETERMINERS:
            continue
        run: list[str] = []
        for following, marked in tokens[i + 1 : i + 1 + LONGEST_SUBJECT_WORDS]:
            plain = following.lower()
            if (marked and run) or plain in STOPWORDS or plain in _VERBS:
                break
            run.append(following)
        if run and not any(w[0].isupper() for w in run):
            found.append(" ".join(run))
    return found


def _past_tense(word: str) -> bool:
    return word.endswith(("ed", "izes", "ises"))
