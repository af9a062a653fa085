"""C++ that knows which of its bytes stand for which bytes of SQL."""
import random

# Where a script without bytes stands.
NAME_OF_METHOD = -1

ESCAPED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class Code:
    """Pieces of C++: their bytes, whom of the SQL they stand for, and calls that begin or end there.
    An owner is a script with an offset in it; what a constant stands for grows as it is used."""

    def __init__(self, text=""):
        self.items = []
        self.add(text)

    def add(self, text, owners=None):
        if isinstance(text, Code):
            self.items += text.items
        elif text:
            self.items.append((text.encode(), owners if owners is not None else [], None))
        return self

    def call(self, inside, statements):
        """`inside` is what the call is written as; `statements` are (script, begin, end)."""
        self.items.append((b"", [], ("begin", statements)))
        self.add(inside)
        self.items.append((b"", [], ("end", statements)))
        return self

    def resolve(self):
        """The text, the places of each script's bytes, and its calls with what they run."""
        text, places, calls = bytearray(), {}, {}
        for written, owners, mark in self.items:
            for script, offset in owners:
                places.setdefault(script, {})[offset] = (len(text), len(text) + len(written))
            if mark:
                for script, begin, end in mark[1]:
                    of = calls.setdefault(script, {}).setdefault((begin, end), [0, 0])
                    of[0 if mark[0] == "begin" else 1] = len(text)
            text += written
        return bytes(text), places, calls


class Char:
    """A character of a script, or of several where a constant holds it."""

    def __init__(self, text, owners):
        self.text, self.owners = text, owners


def chars_of(name, script: bytes, begin, end):
    out, at = [], begin
    for c in script[begin:end].decode():
        size = len(c.encode())
        out.append(Char(c, [(name, at + i) for i in range(size)]))
        at += size
    return out


def text_of(chars):
    return "".join(c.text for c in chars)


class Speller:
    """Writes literals, each time in another way."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, part):
        return self.random.random() < part

    def ordinary(self, chars, odd=0.0, in_format=False):
        """`odd` of the characters are escape sequences or stand behind a joint of lines."""
        out = Code('"')
        for c in chars:
            if self.chance(odd):
                out.add("\\\n")
            out.add(self.character(c.text, odd), c.owners)
            if in_format and c.text in "{}":
                out.add(c.text)
        return out.add('"')

    def character(self, c, odd):
        if c in ESCAPED:
            return ESCAPED[c]
        if ord(c) > 0x7F:
            return f"\\u{ord(c):04x}" if odd and self.chance(0.5) else c
        if c == "?" or not self.chance(odd):
            return c
        return self.random.choice([f"\\{ord(c):03o}", "\\'" if c == "'" else f"\\{ord(c):03o}"])

    def raw(self, chars):
        text = text_of(chars)
        names = [n for n in ("", "sql", "SQL", "_", "--", "a_long_delimit") if f'){n}"' not in text]
        if not names or "\r" in text:
            return self.ordinary(chars)
        name = self.random.choice(names)
        out = Code(f'R"{name}(')
        for c in chars:
            out.add(c.text, c.owners)
        return out.add(f'){name}"')

    def either(self, chars):
        return self.raw(chars) if self.chance(0.3) else self.ordinary(chars)

    def adjacent(self, chars, odd):
        """Literals one behind the other, mostly a line each."""
        out, part = Code(), []
        for i, c in enumerate(chars):
            part.append(c)
            if i + 1 == len(chars) or c.text == "\n" or self.chance(0.01):
                out.add("\n        ").add(self.ordinary(part, odd))
                part = []
        return out
