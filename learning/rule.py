"""A rule of behaviour: what triggers it, what is to be said, and messages that fit."""

import random
import re

from learning.subject import STOPWORDS, words

_TRIGGER = re.compile(
    r"^(?:when|whenever|if)\s+(.+?),\s*(.+)$", re.IGNORECASE | re.DOTALL
)
_SOMEBODY = re.compile(
    r"^(?:some(?:body|one)|any(?:body|one)|people|users?|members?|you|they"
    r"|(?:a|an|the)(?: new)? (?:member|user|person|player|newcomer))\s+"
    r"(?:(says?|asks?(?: for| about)?|reports?|mentions?|wants?(?: to)?|needs?"
    r"|argues? about|talks? about|complains? about|joins?|thanks)\s*)?",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"(?:answer|reply|respond|say|greet|start|begin|tell|send)[^:\"]*"
    r"(?::\s*|\s*\")(.+?)\"?$",
    re.IGNORECASE | re.DOTALL,
)
_SUBJECT_VERBS = (
    "ask",
    "report",
    "mention",
    "want",
    "need",
    "argue",
    "talk",
    "complain",
)
_SAY = re.compile(
    r"^(?:answer with|reply with|say|reply|answer)\s+(.+)$", re.IGNORECASE | re.DOTALL
)


SITUATIONS = (
    "the screen stays dark.",
    "I cannot get in since this morning.",
    "it took me all evening.",
    "my friend told me to write here.",
    "I have been here for a week.",
    "the second page is empty.",
    "we tried it twice yesterday.",
    "that was quick!",
    "I did not expect that at all.",
    "somebody should look at it.",
    "is there anything new?",
    "I am on the train right now.",
)


def reply_of(rule: str) -> tuple[str, str]:
    """Split a rule into what triggers it and what is to be said."""
    match = _TRIGGER.match(rule.strip())
    if match is None:
        return "", rule.strip()
    trigger, instruction = match.groups()
    reply = _REPLY.search(instruction) or _SAY.match(instruction)
    if reply is not None:
        return trigger, reply.group(1).strip()
    told = re.sub(
        r"^(?:please\s+)?tell (?:them|him|her|people) (?:that )?(to )?",
        lambda m: "Please " if m.group(1) else "",
        instruction,
        flags=re.IGNORECASE,
    )
    return trigger, told[:1].upper() + told[1:]


def trigger_of(rule: str) -> str:
    """Return what somebody says that triggers a rule; all of it where that is unclear."""
    trigger, _ = reply_of(rule)
    return _trigger_words(trigger)[1] if trigger else rule


def messages(rule: str, draw: random.Random) -> list[str]:
    """Return messages that trigger a rule, the plainest first; none without a trigger.

    Made of the trigger's own words, alone and among what people say besides.
    """
    trigger, _ = reply_of(rule)
    if not trigger:
        return []
    verb, said = _trigger_words(trigger)
    plain = said[:1].upper() + said[1:]
    made = [f"{plain}!", plain, f"{plain}, really.", f"Hi, {said}"]
    if verb.startswith(_SUBJECT_VERBS):
        made += [
            f"I want to {verb.split()[0].rstrip('s')} {_rest(verb)}{said}.",
            f"There is {said}.",
            f"Can we talk about {said}?",
            f"I have {said}.",
        ]
    content = [w for w in words(said) if w.lower() not in STOPWORDS]
    for word in content:
        made += [f"{word.capitalize()}!", f"{word}: {draw.choice(SITUATIONS)}"]
        made += [f"It is about {word}, {draw.choice(SITUATIONS)}"]
    made += [f"{plain} {draw.choice(SITUATIONS)}" for _ in range(3)]
    made += [f"{w.capitalize()}, {draw.choice(SITUATIONS)}" for w in content[:2]]
    return made


def _trigger_words(trigger: str) -> tuple[str, str]:
    match = _SOMEBODY.match(trigger)
    if match is None:
        return "", trigger
    rest = trigger[match.end() :].strip(" \"'")
    verb = (match.group(1) or "").lower()
    if verb.startswith("thank"):
        return verb, "thanks"
    return verb, re.sub(r"^(?:for|about|that|a|an|the)\s+", "", rest) or trigger


def _rest(verb: str) -> str:
    _, _, preposition = verb.partition(" ")
    return f"{preposition} " if preposition else ""
