"""Finds words meant for the model instead of for people: orders smuggled into texts.

Each pattern wants a verb together with what only a model has (a prompt, rules it was
given, a filter, a reviewer to get past), because communities order people about all
day: "Ignore the old wiki page" is a lesson. What no pattern can say is left to a head
over sentence vectors (moderation/head.py).
"""

import re
from collections.abc import Iterator

from moderation.disguise import encoded_spans, readings
from moderation.text import Span

_BEFORE = (
    r"(?:previous|prior|above|earlier|preceding|former|existing|initial|original"
    r"|system|safety|security|content|all|any|every|these|those|your|other)"
)
_ORDERS = (
    r"(?:instruct\w+|directi(?:ve|on)s?|rules?|guidelines?|guidance|orders?|prompts?"
    r"|commands?|constraints?|restrictions?|programming|polic(?:y|ies)|safeguards?"
    r"|filters?|checks?|training|moral\w*)"
)
_MODEL = (
    r"(?:AIs?|A\.I\.|LLMs?|(?:large )?language models?|chat ?bots?|chatgpt|\w*GPT"
    r"|AI (?:assistants?|agents?|models?|systems?|readers?))"
)
_PRIVATE = (
    r"(?:(?:system|initial|hidden|original|secret|full|entire) ?(?:prompts?"
    r"|instructions?|messages?|rules|configuration)|prompts?|instructions?"
    r"|pass ?(?:words?|codes?|phrases?)|secrets?(?: \w+)?|api[ -]?keys?"
    r"|access tokens?|tokens?|credentials?|private notes?|environment variables)"
)
_TURN = r"(?:system|assistant|human|user|ai|bot)"
_IGNORE = (
    r"(?:ignor\w*|disregard\w*|forget|overlook|bypass|overrid\w+|overrule|neglect"
    r"|discard|scrap|dismiss|skip|abandon|suspend|disable)"
)
_ASKED = (
    r"(?:^|[.!?:;,>\"\n-][^\S\n]*|\b(?:please|kindly|now|then|and|to|must|should|will|(?:can|"
    r"could|would|will|may) you|me) )"
)
_TELL = (
    r"(?:reveal|print|show|output|repeat|tell|share|give|disclose|leak|display|list"
    r"|dump|quote|recite|expose|translate|encode|spell|write|send|confirm|provide|hand"
    r"|what(?: is|'s| are| were|s))"
)

PATTERNS = {
    "sets rules aside": re.compile(
        rf"\b{_IGNORE}\b(?:\W+(?!not\b)\w+){{0,3}}?\W+{_BEFORE}\W+(?:\w+\W+){{0,3}}?"
        rf"{_ORDERS}\b(?!\W+(?:on|for|about|of) the\b)"
        rf"|\b(?:ignore|disregard|forget) (?:about )?(?:the above|everything"
        r"(?: (?:you|above|before|that|said|told)\b)|(?:what|all(?: that)?) you"
        r" (?:were|have been|know)|that,)"
        rf"|\byour (?:\w+ ){{0,2}}{_ORDERS} (?:no longer|do(?:es)? not|don't) apply",
        re.IGNORECASE,
    ),
    "gives the bot another character": re.compile(
        r"\bdo anything now\b|\bDAN\b(?=.{0,60}\b(?:can|bot|mode|do|will)\b)"
        r"|\b(?:developer|god|system|override|jailbreak|debug|admin|sudo|unrestricted)"
        r" mode\b\W{0,3}(?:(?:is )?(?:on|activated|enabled|engaged)\b|>|\])"
        r"|<\W*system mode|\boverride_mode\b"
        r"|\b(?:enter|activate|switch (?:in)?to) (?:\w+ )?(?:developer|god|jailbreak"
        r"|unrestricted|unfiltered) mode\b"
        r"|\byou(?: are|'re) (?:now |no longer )(?:an? )?(?:\w+ ){0,4}(?:bot|AI"
        r"|assistant|model|\w*GPT|free|unbound|bound)\b"
        r"|\b(?:you are|you're|act(?:ing)?|answer|behave|speak|respond|pretend\W.{0,20})"
        r".{0,60}\b(?:without|no|free of|not bound by|unfiltered|unrestricted|unlimited"
        r")\b.{0,24}\b(?:rules?|limit\w*|restrict\w*|filter\w*|polic\w+|guidelines"
        r"|ethic\w*|moral\w*|model|AI|bot)\b",
        re.IGNORECASE,
    ),
    "asks for a prompt or a secret": re.compile(
        rf"{_ASKED}{_TELL}\b(?! (?:nobody|no one|\w+ not)\b)"
        rf"(?:\W+\w+){{0,5}}?\W+(?:your|the (?:system|initial|hidden|secret|above"
        rf"|original))\W+(?:\w+\W+){{0,2}}?{_PRIVATE}\b"
        r"|\b(?:repeat|print|show|output|quote)\b.{0,30}\b(?:text|words|everything|"
        r"message)\b.{0,20}\b(?:above|before|at the start)\b",
        re.IGNORECASE,
    ),
    "imitates turns of a conversation": re.compile(
        rf"(?:^|\n)\W{{0,4}}system\W{{0,3}}[:\]>](?=.{{8}})|</?\W?(?:system|assistant"
        rf"|context|instructions?|prompt)>|(?:^|\n)[^\w\n]*\b{_TURN}:.*?[\s.!?]{_TURN}:"
        r"|#{2,} ?(?:new |system )?(?:instructions?|system|prompt|task)\b"
        r"|\b(?:end|begin) of (?:document|lesson|context|conversation|prompt)\b.{0,20}"
        r"\b(?:assistant|begin|new|now)\b"
        r"|\bnew (?:instructions?|task|system prompt)\b\W{0,4}(?::|follow)",
        re.IGNORECASE | re.DOTALL,
    ),
    "speaks to a model": re.compile(
        rf"\b(?:if|when|as|since) (?:you(?: are|'re)|an?|any) (?:\w+ )?{_MODEL}\b"
        rf"|\b(?:note|message|attention|notice|dear|instructions?|hey|hint)\W+(?:to |for "
        rf"|all |any )*(?:the )?(?:{_MODEL}|assistants?|the bot)\b"
        rf"|\b(?:{_MODEL}|assistants?|models?)\b.{{0,40}}\b(?:reading|that (?:read|summar|"
        r"process)\w*|summari[sz]ing)\b"
        rf"|(?:^|[.!\n][^\S\n]*){_MODEL}(?: readers?)?[:,]"
        r"|\b(?:treat|regard|take)\b.{0,40}\bas (?:its|your|the) (?:new )?"
        r"(?:system )?(?:prompt|instructions?)\b",
        re.IGNORECASE,
    ),
    "is to be kept from moderators": re.compile(
        r"\b(?:do not|don't|never|without|not) (?:tell|inform|mention|admit|reveal|say"
        r"|disclos|show|alert)\w*\b.{0,40}\b(?:moderators?|mods|reviewers?|this (?:rule"
        r"|instruction|lesson|note)|(?:that )?you were (?:told|taught)|(?:it|this) was"
        r" taught|where you got|why you)\b"
        r"|\bkeep (?:this|it|that)(?: \w+)? (?:secret|quiet|hidden|to yourself|between"
        r" us)\b|\b(?:hide|conceal)\b.{0,12}\b(?:this|that)\b.{0,12}\b(?:instruction|rule"
        r"|lesson|was taught)\b|\bkeep quiet about\b",
        re.IGNORECASE,
    ),
    "claims to be approved": re.compile(
        r"\b(?:this|the|it)(?: (?:lesson|entry|text|item|note|rule|page|document))?\b"
        r".{0,24}\b(?:pre-?approved|already (?:been )?(?:approved|cleared|reviewed)|"
        r"approved already)\b"
        r"|\b(?:auto-?approve|approve (?:this|it)\b.{0,12}(?:automatic|now|direct|at once"
        r")|skip (?:the |any )?(?:review|moderation)|mark (?:it|this) as approved)"
        r"|\bno (?:moderator|reviewer|review|approval)\b.{0,20}\b(?:needs?|needed|require)"
        r"|\b(?:treat|regard|accept|consider)\b.{0,40}\bas (?:an? |if .{0,20})"
        r"?(?:admin\w*|moderator|owner|root)\b"
        r"|\b(?:dear |note to |attention )?(?:moderator|reviewer)s?\b ?[:,].{0,60}"
        r"\b(?:approve|harmless|cleared|nothing)\b",
        re.IGNORECASE,
    ),
    "claims authority over the bot": re.compile(
        r"\b(?:I am|I'm|as|this is) (?:your|the) (?:\w+ )?(?:developer|creator|maker"
        r"|maintainer|programmer|owner|administrator|admin|engineer)\b.{0,80}\b(?:need|"
        r"must|order|confirm|command|require|unlock|tell|share|authori[sz]e)\w*"
        r"|\bI am God\b|\bas an AI developed by\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "sends messages elsewhere": re.compile(
        r"!\[[^\]\n]*\]\([^)\s]*(?:[?&][\w-]+=(?=[)'\"{<%$A-Z_]|\))|[{<])[^)\n]*\)?"
        r"|\b(?:append|insert|include|add|send|forward|post|mail|copy|render|load)\b"
        r"[^.\n]{0,80}\b(?:users?'?s?|members?'?s?|conversations?|messages?|chat|history"
        r"|questions?|everything)\b[^\n]{0,60}\b(?:h..ps?://|webhook)"
        r"|h..ps?://[^\s\n]{0,80}[?&/][\w-]{0,12}[={][^\n]{0,40}\b(?:conversation|history"
        r"|user|chat|message|question)\b",
        re.IGNORECASE,
    ),
    "is hidden from readers": re.compile(
        rf"<!--(?:(?!-->).)*\b(?:{_MODEL}|assistants?|bots?|models?|ignore|instruct\w*)\b"
        r"|(?:display:\s*none|visibility:\s*hidden|font-size:\s*0|opacity:\s*0\b)"
        r"[^>]{0,80}>\s*\w",
        re.IGNORECASE | re.DOTALL,
    ),
    "comes in parts": re.compile(
        # Atomic: the nearest second part counts, or many parts are tried in all pairs.
        r"(?:\b\w{1,2}\d?\b|\bpart \d)\"?\s*(?:=|:|\bis\b)\s*[\"'\u201c]"
        r"(?>[^\"\n]{1,300}?[\"'\u201d].{0,60}?(?:\b\w{1,2}\d?\b|\bpart \d)\"?\s*"
        r"(?:=|:|\bis\b)\s*[\"'\u201c])(?=.{0,400}(?:\+|combin|concat|interlac|\bjoin|together|answer))"
        r"|\b(?:interlace|concatenate|combine)\b.{0,40}\b(?:part \d|strings?|[A-C], B)\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "repeats one word": re.compile(r"(?<!\S)(?=\S*\w)(\S{2,40})(?:\s+\1){11,}(?!\S)"),
    "sets rules aside in another language": re.compile(
        r"\b(?:ignor(?:ez|iere\w*|a|ad|en|e (?:as|os|tod[ao]s|toutes?))|oubli\w+|vergiss|vergessen sie|missachte\w*|olvid\w+|haz caso"
        r" omiso|esque[cç]\w+|desconsider\w+|dimentica\w*|negeer|vergeet|zignoruj"
        r"|zapomnij|glem|strunta i|abaikan|lupakan)\b.{0,40}\b(?:instruct\w*|instruc\w+"
        r"|instru\u00e7\w+|istruzion\w+|consignes?|r[eè]gles|directives|anweisung\w*"
        r"|vorgaben|regeln|reglas|regras|regole|ordres|[oó]rdenes|ordens|instructies"
        r"|opdrachten|polece\w+|instrukc\w+|zasad\w*|instruksi\w*|instruktion\w*"
        r"|(?:te|foi) dij\w+|(?:foi )?dito)\b"
        r"|(?:игнорируй|забудь)\w*.{0,40}(?:инструкци|правил|указани)\w*"
        # Greek: ignore, forget; instructions, rules
        r"|(?:\u03b1\u03b3\u03bd\u03bf[\u03ae\u03b7]\u03c3|\u03be[\u03b5\u03ad]\u03c7\u03b1\u03c3)\w*.{0,40}"
        r"(?:\u03bf\u03b4\u03b7\u03b3[\u03af\u03b9]|\u03ba\u03b1\u03bd[\u03cc\u03bf]\u03bd)\w*"
        r"|(?:忽略|无视|無視|忘记|忘掉|忘れ).{0,24}(?:指令|指示|规则|規則|ルール|提示|内容)"
        r"|(?:指令|指示|规则|規則|ルール|提示).{0,16}(?:忽略|无视|無視|忘记|忘れ)"
        r"|(?:지시|규칙|명령)\S*.{0,16}(?:무시|잊)"
        r"|(?:تجاهل|انس).{0,24}(?:التعليمات|القواعد|تعليمات)"
        r"|(?:निर्देश|नियम)\S*.{0,24}(?:अनदेखा|नज़रअंदाज़|भूल)"
        r"|(?:talimat|kural)\w*.{0,24}(?:yok say|unut|g[oö]z ard)",
        re.IGNORECASE,
    ),
}
"""What instructs a model, in the order in which it is reported."""

_DISGUISED = (
    "sets rules aside",
    "gives the bot another character",
    "asks for a prompt or a secret",
)


def injections(text: str) -> list[tuple[str, Span]]:
    """Find what instructs a model, each with what it does, and its place."""
    found = [
        (name, match.span())
        for name, pattern in PATTERNS.items()
        for match in [pattern.search(text)]
        if match
    ]
    encoded = (("is encoded", span) for span in encoded_spans(text))
    return [*found, *encoded, *_disguised(text)]


def _disguised(text: str) -> Iterator[tuple[str, Span]]:
    """Find orders that only another reading of the text gives."""
    patterns = [PATTERNS[name] for name in _DISGUISED]
    for other in readings(text):
        if any(each.search(other) and not each.search(text) for each in patterns):
            yield "is disguised", (0, len(text))
            return
