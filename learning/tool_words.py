"""The words around a request's values: exchanged, framed, left out, and turned away."""

import json
import random
import re
from functools import cache
from pathlib import Path

from learning.tool import Tool, spoken_name
from learning.tool_values import styled

THESAURUS = Path(__file__).with_name("thesaurus.json")
EXCHANGED = 0.5
"""How often a word that has others in the thesaurus is exchanged."""
DROPPED = 0.25
NEAR_MISSES = 14

OPENERS = (
    "Can you {d}:",
    "could you please {d},",
    "I need you to {d},",
    "I want to {d}:",
    "{d}",
    "Please {d}:",
    "would you {d}:",
    "I'd like you to {d}:",
    "time to {d}:",
    "we have to {d}:",
    "help me {d},",
    "go and {d}:",
    "somebody should {d}:",
    "next job, {d}:",
    "let's {d}:",
    "hey, {d}:",
    "is it possible to {d}:",
    "any chance you could {d}:",
    "what I need is to {d}:",
    "go ahead and {d}:",
)
"""What a request may begin with; `{d}` is what the tool does."""
_FRAMES = (
    "Hey, {l}",
    "{p} please",
    "Please {l}",
    "hi! {l}",
    "{p}, thanks",
    "Quick question: {l}",
    "Sorry to bother you, {l}",
    "{p} pls",
    "ok so {l}",
    "Could somebody help: {l}",
    "one thing, {l}",
    "{p}, if you have a second",
    "I was just wondering, {l}",
    "{p} and tell me",
    "we are waiting for this: {l}",
    "{p}?",
    "{p} right now",
    "my friends keep asking, {l}",
    "my sister keeps asking, {l}",
    "since nobody else answers: {l}",
    "I keep forgetting, so {l}",
    "because I can't do it from here: {l}",
    "Back from holiday. {p}",
    "Finally home. {p}.",
    "I only have a minute. {p}",
    "It's me again. {p}",
    "Sorry for the noise. {p}",
    "My hands are full. {p}",
    "Long story. Anyway, {l}",
    "not urgent, but {l}",
    "no idea who to ask, {l}",
    "umm, {l}",
    "argh, {l}",
    "well then, {l}",
    "before I forget: {l}",
    "last thing for today, {l}",
    "you know what, {l}",
    "{p} before the others arrive",
    "{p} before my boss asks again",
    "{p} so that I can plan ahead",
    "{p} so we can get going",
    "{p} while you are at it",
    "{p} when you get round to it",
    "{p} because I lost track",
    "{p} since I can't see it from here",
    "{p} or we will be in trouble",
    "{p} if that's possible",
    "{p} if it isn't too much to ask",
    "{p} as we agreed",
    "{p} like you did last time",
    "{p} or is that too hard",
    "{p} then, will you",
    "{p} again, sorry",
    "{p} mate",
    "{p} ASAP",
    "{p}, it has been bugging me all day",
    "{p}, everybody is waiting",
    "{p}, my brain is fried",
    "{p}. No hurry.",
    "{p}. Then I can stop worrying.",
    "{p}... thank you so much",
    "{p}! We are all getting nervous",
    "Hello everyone, {l} Thanks in advance!",
    "sorry, me again: {p} if you would",
    "guys, {p} before it is too late",
    "hey bot, {p} for me",
    "ok last try, {p} and that's it",
)
_NEAR_MISSES = (
    "Who wrote the {t}?",
    "What is a {t} good for?",
    "How does the {t} work?",
    "Why do we have a {t}?",
    "When was the {t} added?",
    "Who may use the {t}?",
    "Is the {t} any good?",
    "I tried the {t} yesterday and liked it.",
    "What do you think of the {t}?",
    "My friend told me about the {t}.",
    "Where can I read about the {t}?",
    "What is the difference between a {a} and a {b}?",
    "What does {b} mean?",
    "I had a long day with that {b}.",
    "How do people usually learn about {b}?",
    "Who invented the {b}?",
    "Thanks for the {b}!",
    "Is there a book about {a}?",
    "The {b} was fun last time.",
    "Why is it called {a} {b}?",
    "lol, {b} again",
    "I don't like the new {b}.",
    "Our {a} at work is always broken, is yours?",
    "How many {b} are there in the world?",
    "The {t} saved me a lot of time last week.",
    "Nobody in our group ever uses the {t}.",
    "I think the {t} is too slow, but never mind.",
    "Did you hear that the {t} was down last year?",
    "Please never use the {t} for jokes.",
    "We talked about the {t} for an hour yesterday.",
    "Whoever built the {t} deserves a medal.",
    "Some day I want to build a {t} myself.",
    "If we had no {t}, we would all be lost.",
    "Was the {t} expensive to build?",
    "Do other groups have a {t}, too?",
    "I have never understood the {t}.",
    "The {t} did that for me already, thanks.",
    "I used to do that by hand, without a {t}.",
    "My boss hates the word {b}.",
    "Do you prefer {a} or {b}?",
    "That {b} joke was terrible.",
    "I read an article about {a} this morning.",
    "People talk about {b} far too much.",
    "What was {a} like a hundred years ago?",
    "{a} and {b} are not the same thing.",
    "I'm so tired of {b}.",
    "We may need a {b} one day, but not yet.",
    "I already took care of the {b}.",
    "Imagine a world without {b}.",
    "What would happen if nobody cared about {a}?",
    "My grandmother knew everything about {a}.",
    "haha, {a} and {b}, what a combination",
    "Why does everybody talk about {b} all the time?",
    "It was nice to see you all, {b} or no {b}.",
)
_STOPS = frozenset("a an the of for to in on is are and or by with its it".split())
_LEAST_LETTERS = 4
_LIKELY_FORGOTTEN_CAPITALS = 0.6


def in_other_words(text: str, draw: random.Random) -> str:
    """Exchange words and phrases for others that people use for them."""
    for group in draw.sample(thesaurus(), len(thesaurus())):
        for word in group:
            if word.casefold() not in text.casefold():  # quicker than a search
                continue
            pattern = rf"(?<![\w\x00]){re.escape(word)}(?![\w\x00])"
            found = re.search(pattern, text, re.IGNORECASE)
            if found is None:
                continue
            if draw.random() < EXCHANGED:
                other = draw.choice([each for each in group if each != word])
                said = styled(other, found[0]) if found[0][:1].isupper() else other
                text = text[: found.start()] + said + text[found.end() :]
            break
    return text


def framed(text: str, draw: random.Random) -> str:
    """Put what people say besides around a request."""
    bare = text.rstrip(".!?")
    lower = text if text[:2] == "I " else text[:1].lower() + text[1:]
    return draw.choice(_FRAMES).format(p=bare, l=lower)


def in_haste(text: str, draw: random.Random) -> str:
    """Leave words out, but no value, and forget capitals and marks.

    A value alone asks for nothing, so a word beside it stays.
    """
    kept = [w for w in text.split() if "\x00" in w or draw.random() > DROPPED]
    says = any("\x00" not in word for word in kept)
    said = " ".join(kept) if says else text
    if draw.random() < _LIKELY_FORGOTTEN_CAPITALS:
        return said.rstrip(".?!").lower()
    return said


def imperative(description: str) -> str:
    """Turn what a tool does into what somebody wants: `Says whether` -> `Say whether`."""
    first, _, rest = description.rstrip(".").partition(" ")
    if re.search(r"(?:ch|sh|ss|x|zz)es$", first):
        first = first[:-2]
    elif first.endswith("ies"):
        first = first[:-3] + "y"
    elif first.endswith("s") and not first.endswith("ss"):
        first = first[:-1]
    return f"{first} {rest}".strip()


def near_misses(tool: Tool, draw: random.Random) -> tuple[str, ...]:
    """Talk about a tool and its things without asking for anything."""
    words = [w for w in spoken_name(tool.name).split() if w not in _STOPS]
    said = [word.strip(".,").lower() for word in tool.description.split()]
    told = [
        w for w in said if w.isalpha() and w not in _STOPS and len(w) >= _LEAST_LETTERS
    ]
    things = [*words, *told[1:6]] or [tool.name]
    return tuple(
        form.format(
            t=spoken_name(tool.name), a=draw.choice(things), b=draw.choice(things)
        )
        for form in draw.sample(_NEAR_MISSES, NEAR_MISSES)
    )


@cache
def thesaurus() -> tuple[tuple[str, ...], ...]:
    """Read the groups of words that requests are worded anew with."""
    return tuple(tuple(group) for group in json.loads(THESAURUS.read_text()))
