"""The language of a GBNF grammar without a model: does it have a text, and a sample."""

import re
from functools import reduce

TOKENS = re.compile(
    r'"((?:[^"\\]|\\.)*)"|\[((?:[^\]\\]|\\.)+)\]|([a-z][\w-]*)|([()|?])'
    r"|\{(\d+)(?:,(\d+))?\}"
)
ESCAPES = re.compile(r"\\(?:x([0-9a-f]{2})|(.))")
SAMPLED = [*"é漢🙂", *map(chr, range(32, 127))]
"""The characters that a sample is made of, apart from those in quotes."""


class Language:
    """Reads what `learning.gbnf` writes, and nothing more."""

    def __init__(self, grammar):
        self.rules = {}
        for line in grammar.split("\n"):
            name, _, body = line.partition(" ::= ")
            assert name not in self.rules
            tokens = list(TOKENS.finditer(body))
            assert "".join(each[0] for each in tokens) == unspaced(body)
            self.rules[name] = self.read(tokens)
            assert not tokens

    def has(self, text):
        """Say whether the whole text is in the language."""
        waiting = self.open([(("rule", "root"), ())])
        for char in text:
            waiting = self.open(
                (("text", node[1][1:]), rest) if node[0] == "text" else rest
                for node, rest in filter(None, waiting)
                if fits(node, char)
            )
        return () in waiting

    def open(self, stacks):
        """Open what waits on each stack until a character has to come, or none."""
        seen, todo = set(), list(stacks)
        while todo:
            if (stack := todo.pop()) not in seen:
                seen.add(stack)
                todo += self.opened(*stack) if stack else ()
        return {each for each in seen if not each or takes_a_character(each[0])}

    def opened(self, node, rest):
        """Return the stacks that a node may turn into before the next character."""
        match node:
            case "text", "":
                return [rest]
            case "rule", name:
                return [(self.rules[name], rest)]
            case "any of", *parts:
                return [(each, rest) for each in parts]
            case "sequence", *parts:
                return [reduce(lambda after, each: (each, after), parts[::-1], rest)]
            case "repeat", repeated, least, most:
                again = ("repeat", repeated, max(least - 1, 0), most - 1)
                return [(repeated, (again, rest))] * (most > 0) + [rest] * (least == 0)
        return []

    def sample(self, rng, node=None, depth=0):
        """Return one text of the language, chosen by a random number generator."""
        kind, *parts = node or self.rules["root"]
        match kind:
            case "text":
                return parts[0]
            case "set":
                return rng.choice([each for each in SAMPLED if fits(node, each)])
            case "rule":
                return self.sample(rng, self.rules[parts[0]], depth + 1)
            case "any of":
                return self.sample(rng, rng.choice(parts), depth)
            case "sequence":
                return "".join(self.sample(rng, each, depth) for each in parts)
        repeated, least, most = parts
        count = least if depth > 40 else rng.randint(least, min(most, least + 3))
        return "".join(self.sample(rng, repeated, depth) for _ in range(count))

    def read(self, tokens):
        """Read alternatives up to a closing bracket, off the front of the tokens."""
        alternatives, sequence = [], []
        while tokens and tokens[0][0] != ")":
            text, among, name, mark, least, most = (token := tokens.pop(0)).groups()
            if text is not None:
                sequence.append(("text", unescaped(text)))
            elif among:
                sequence.append(("set", among))
            elif name:
                sequence.append(("rule", name))
            elif mark == "(":
                sequence.append(self.read(tokens))
                assert tokens.pop(0)[0] == ")"
            elif mark == "|":
                alternatives.append(("sequence", *sequence))
                sequence = []
            elif token[0] == "?":
                sequence.append(("repeat", sequence.pop(), 0, 1))
            else:
                sequence.append(
                    ("repeat", sequence.pop(), int(least), int(most or least))
                )
        return ("any of", *alternatives, ("sequence", *sequence))


def fits(node, char):
    """Say whether a character may come next: a text's first, or one of a set's."""
    kind, wanted = node
    if kind == "text":
        return wanted[0] == char
    return re.match(f"[{wanted}]", char) is not None


def takes_a_character(node):
    return node[0] == "set" or (node[0] == "text" and node[1] != "")


def unescaped(text):
    return ESCAPES.sub(lambda match: match[2].replace("n", "\n"), text)


def unspaced(body):
    """Drop the spaces between tokens, which are in no literal and no set."""
    return (
        TOKENS.sub(lambda match: match[0].replace(" ", "\0"), body)
        .replace(" ", "")
        .replace("\0", " ")
    )
