"""Statements as texts that are put together, in whatever way the next one is."""
import re

from cpp_text import Char, Code, chars_of, text_of


class Composer:
    def __init__(self, speller, dialect):
        self.speller, self.dialect = speller, dialect
        self.before = Code()
        self.constants = {}
        self.count = 0
        self.has_runner = False

    def body(self, direction, script, statements):
        out = Code()
        self.direction, self.script = direction, script
        ways = [self.plus, self.append, self.format, self.stream, self.function, self.runner]
        ways += [self.on_engine, self.loop, self.list, self.indexed_list]
        while statements:
            way = self.speller.random.choice(ways)
            many = way in (self.loop, self.list, self.indexed_list)
            size = self.speller.random.randint(1, 3) if many else 1
            group, statements = statements[:size], statements[size:]
            if any(s.comments for s in group[1:]):
                group, statements = group[:1], group[1:] + statements
            for comment in group[0].comments:
                out.add("    // " + comment.decode() + "\n")
            out.add(way(group))
        return out

    # -- parts

    def chars(self, statement):
        return chars_of(self.direction, self.script, statement.begin, statement.end)

    def spans(self, group):
        return [(self.direction, s.begin, s.end) for s in group]

    def name(self, stem):
        self.count += 1
        return f"{stem}{self.count}"

    def constant(self, chars):
        """A constant of the file for a word; the same one wherever that word comes again."""
        word = text_of(chars)
        if word not in self.constants:
            name, kept = self.name("k"), [Char(c, []) for c in word]
            self.constants[word] = (name, kept)
            kind = self.speller.random.choice(["constexpr const char*", "static const std::string"])
            self.before.add(f"{kind} {name} = ").add(self.speller.ordinary(kept)).add(";\n")
        name, kept = self.constants[word]
        for known, c in zip(kept, chars):
            known.owners += c.owners
        return name

    def parts(self, chars):
        """What a statement is put together of: names of constants, and characters between them."""
        words = [m.span() for m in re.finditer(r"[A-Za-z_]{3,}", text_of(chars))]
        chosen = sorted(self.speller.random.sample(words, min(len(words), self.speller.random.randint(0, 3))))
        out, at = [], 0
        for begin, end in chosen:
            out += [chars[at:begin]] if begin > at else []
            out.append(self.constant(chars[begin:end]))
            at = end
        return out + ([chars[at:]] if at < len(chars) else [])

    def written(self, part):
        return Code(part) if isinstance(part, str) else self.speller.either(part)

    def joined(self, parts):
        out = Code("std::string(").add(self.written(parts[0])).add(")")
        for part in parts[1:]:
            out.add(" + ").add(self.written(part))
        return out

    def run(self, text, group, database="db"):
        return Code().call(Code(f"{database}.execute(").add(text).add(")"), self.spans(group)).add(";\n")

    # -- ways

    def plus(self, group):
        return Code("    ").add(self.run(self.joined(self.parts(self.chars(group[0]))), group))

    def append(self, group):
        parts, name = self.parts(self.chars(group[0])), self.name("sql")
        out = Code(f"    std::string {name} = ").add(self.written(parts[0])).add(";\n")
        for part in parts[1:]:
            form = self.speller.random.choice([(" += ", ""), (".append(", ")")])
            out.add(f"    {name}{form[0]}").add(self.written(part)).add(f"{form[1]};\n")
        return out.add("    ").add(self.run(name, group))

    def format(self, group):
        text, names = Code(), []
        for part in self.parts(self.chars(group[0])):
            if isinstance(part, str):
                names.append(part)
                text.add('"{}"')
            else:
                text.add(self.speller.ordinary(part, in_format=True))
            text.add(" ")
        call = Code("fmt::format(").add(text).add("".join(f", {n}" for n in names)).add(")")
        return Code("    ").add(self.run(call, group))

    def stream(self, group):
        name = self.name("out")
        out = Code(f"    std::ostringstream {name};\n    {name}")
        for part in self.parts(self.chars(group[0])):
            out.add(" << ").add(self.written(part))
        return out.add(";\n    ").add(self.run(f"{name}.str()", group))

    def function(self, group):
        """A function of the file that is handed some words and puts the rest around them."""
        parts, name = self.parts(self.chars(group[0])), self.name("text_of_")
        given = [p for p in parts if isinstance(p, str)]
        places = iter(range(len(given)))
        inner = self.joined([f"a{next(places)}" if isinstance(p, str) else p for p in parts])
        taken = ", ".join(f"const std::string& a{i}" for i in range(len(given)))
        self.before.add(f"static std::string {name}({taken}) {{\n  return ").add(inner).add(";\n}\n")
        return Code("    ").add(self.run(f"{name}({', '.join(given)})", group))

    def runner(self, group):
        """A function of the file that runs what it is handed."""
        if not self.has_runner:
            self.before.add("static void run(belay::Database& on, const std::string& sql) {\n  ")
            self.runner_call = len(self.before.items)
            self.ran = []
            self.before.call("on.execute(sql)", self.ran).add(";\n}\n")
            self.has_runner = True
        self.ran += self.spans(group)
        text = self.joined(self.parts(self.chars(group[0])))
        return Code("    run(db, ").add(text).add(");\n")

    def on_engine(self, group):
        """Each engine by itself; what the other one runs is none of this history."""
        here, other = ("postgres", "sqlite") if self.dialect == "postgres" else ("sqlite", "postgres")
        text = self.written(self.chars(group[0]))
        out = Code(f"    if (db.is_{here}()) {{\n      ").add(self.run(text, group))
        return out.add(f"    }} else if (db.is_{other}()) {{\n      db.execute(\"DROP TABLE none\");\n    }}\n")

    def loop(self, group):
        out = Code("    for (const char* statement : {")
        for i, s in enumerate(group):
            out.add("," if i else "").add("\n           ").add(self.written(self.chars(s)))
        return out.add("}) {\n      ").add(self.run("statement", group)).add("    }\n")

    def declared_list(self, group):
        name = self.name("kSteps")
        self.before.add(f"static const std::string {name}[] = {{")
        for s in group:
            self.before.add("\n    ").add(self.written(self.chars(s))).add(",")
        self.before.add("\n};\n")
        return name

    def list(self, group):
        out = Code(f"    for (const std::string& step : {self.declared_list(group)}) ")
        return out.add(self.run("step", group))

    def indexed_list(self, group):
        name = self.declared_list(group)
        out = Code(f"    for (int i = 0; i < {len(group)}; ++i) ")
        return out.add(self.run(f"{name}[i]", group))
