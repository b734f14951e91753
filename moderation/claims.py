"""Claims about named people: an accusation, or a circumstance that is theirs to tell.

Whether it is true, nobody here can know, and a model would repeat it to everybody: a
person looks first. Ordinary facts about people ("Priya Raman maintains the staging
server") say nothing of the kind.
"""

import re
from collections.abc import Iterator

from moderation.text import Span

_NAME = r"(?:[A-Z][\w\u2019'-]+(?:\s(?:[A-Z]\.|de|van|von|al|bin)){0,2}\s[A-Z][\w\u2019'-]+)"
_SINGLE = r"[A-Z][a-z\u2019'-]{2,}"
_WHO = rf"(?P<who>{_NAME}|{_SINGLE}|@\w{{2,32}}|<@!?\w+>)"
_LINK = (
    r"(?:\s(?:is|was|has|had|had to|got|gets|been|being|also|really|secretly|once"
    r"|probably|apparently|reportedly|allegedly|currently|still|just|recently|actually"
    r"|never|always|a|an|the|his|her|their|our|my)){0,5}\s"
)
CLAIMS = {
    "crime": r"stole|steals|stealing|robb(?:ed|ing)|embezzl\w+|defraud\w+|thief|fraud"
    r"|fraudster|scammer|scamm\w+|crook|convicted|arrested|jailed|imprisoned|murdered"
    r"|murderer|killed (?:a|his|her|their|some)\w*|rapist|raped|molest\w+|assaulted"
    r"|harass(?:ed|es|ing)|stalk(?:ed|s|ing)|abus(?:ed|es|ive)|criminal|p[ae]dophile"
    r"|drug dealer|deal(?:s|t) drugs|sells drugs|brib(?:ed|es)|took bribes|laundered"
    r"|in prison|in jail|on parole|under investigation|cheat(?:ed|s|er)|plagiari[sz]\w+"
    r"|li(?:ed|es) (?:to|about)|liar|racist|nazi|terrorist|hacked",
    "health": r"pregnant|depressed|bipolar|schizophreni\w+|autistic|hiv|cancer|aids"
    r"|diagnosed|alcoholic|addict(?:ed)?|drug problem|drinking problem|in rehab"
    r"|miscarriage|abortion|suicidal|mentally ill|suffers from|infertile|on sick leave"
    r"|overdos\w+|anorexi\w+|burn(?:ed|t)[ -]out|drunk|in therapy|disabled",
    "sexuality": r"gay|lesbian|bisexual|homosexual|queer|transgender|trans|closeted"
    r"|affair|sleep(?:s|ing) with|slept with|cheating on|unfaithful|prostitute"
    r"|sex worker|virgin",
    "dismissal": r"fired|sacked|dismissed|laid off|let go|suspended|expelled"
    r"|kicked out|demoted|on probation|disciplined",
    "money": r"bankrupt|in debt|owes|broke|earns|salary|on welfare|behind on rent"
    r"|gambl(?:es|ing|er)|evicted|evad(?:ed|es) tax\w*|unpaid debts?",
}
_PATTERNS = {
    kind: re.compile(rf"(?<!\w){_WHO}(?:'s|\u2019s)?{_LINK}(?P<what>(?i:{words}))\b")
    for kind, words in CLAIMS.items()
}
NOT_PEOPLE = frozenset(
    """the this that these those it its he she they we you i who what when where why how
    if and but or so because although while our your his her their my nobody everybody
    everyone somebody someone anyone whoever if in on at no not yes please never always
    any each every some many most all one two members member people guests users
    players students staff employees customers monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october
    november december today tomorrow yesterday server account player project""".split()
)
"""What opens a sentence with a capital and is nobody's name."""
_ORDINARY_AFTER = {
    "fired": re.compile(r"\s(?:up|off|the|a|an)\b", re.IGNORECASE),
    "broke": re.compile(r"\s(?:the|a|an|his|her|it|down|up|into)\b", re.IGNORECASE),
    "earns": re.compile(r"\s(?:a badge|points|xp|the|karma)\b", re.IGNORECASE),
    "trans": re.compile(r"[-\s]?(?:lat|form|port|fer)", re.IGNORECASE),
    "owes": re.compile(r"\s(?:us|me|you)\s(?:a|an|some)\s(?!\d)", re.IGNORECASE),
}
"""What makes a word mean another thing: "Priya fired up the server"."""


def claims(text: str) -> list[tuple[str, Span]]:
    """Find claims about named people, each with its kind and place."""
    return sorted(_found(text), key=lambda claim: claim[1])


def _found(text: str) -> Iterator[tuple[str, Span]]:
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            if match["who"].lower() in NOT_PEOPLE:
                continue
            ordinary = _ORDINARY_AFTER.get(match["what"].lower())
            if ordinary and ordinary.match(text[match.end() :]):
                continue
            yield kind, match.span()
