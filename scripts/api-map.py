#!/usr/bin/env python3
"""Makes src/api_map/stripe.map.z from the TypeScript declarations of the npm package `stripe`.

    scripts/api-map.py [PACKAGE]            writes the map; PACKAGE is target/peers-node/node_modules/stripe
    scripts/api-map.py --print [PACKAGE]    prints it as text
    scripts/api-map.py --check [PACKAGE]    exits 1 where the committed map is not that of the package

scripts/test.sh installs the package. Names, types, optional and nullable marks and enum values are taken, and no
sentences. A declaration that this parser does not know is an error, not a gap. src/api_map/data.rs reads the
text and describes it.
"""

import re
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src/api_map/stripe.map.z"
PACKAGE = ROOT / "target/peers-node/node_modules/stripe"

TOKEN = re.compile(
    r"""(?P<skip>\s+|/\*.*?\*/|//[^\n]*)|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|(?P<name>[A-Za-z_$][\w$]*)|(?P<number>\d[\d.]*)|(?P<sign>=>|\.\.\.|[{}()\[\]<>;:,?|&=.*-])""",
    re.S,
)

# Types on the wire of what the library reads as classes of its own.
WIRE = {"Decimal": ("decimal",), "bigint": ("integer_text",), "Date": ("string",)}
PLAIN = {"string": ("string",), "number": ("number",), "boolean": ("boolean",), "void": ("never",),
         "undefined": ("never",), "never": ("never",), "unknown": ("any",), "any": ("any",), "null": ("null",),
         "true": ("true",), "object": ("any",)}
# An event's object and what it was before: as many kinds as there are types of events.
OPEN = {"Object", "PreviousAttributes"}


class Unknown(Exception):
    """A declaration that this script does not read."""


# ---- declarations -------------------------------------------------------------------------------------------------


class Scope:
    """A module or a namespace: interfaces, aliases of types, imports and the namespaces within."""

    def __init__(self, name, parent, file):
        self.name, self.parent, self.file = name, parent, file
        self.types, self.spaces, self.imports, self.classes, self.stars = {}, {}, {}, {}, []

    def space(self, name):
        return self.spaces.setdefault(name, Scope(name, self, self.file))


class Parser:
    """Reads one .d.ts file."""

    def __init__(self, path):
        self.path, self.tokens, self.at = path, [], 0
        text, at = path.read_text("utf-8"), 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise Unknown(f"{path}: {text[at:at + 40]!r}")
            if match.lastgroup != "skip":
                self.tokens.append(match.group())
            at = match.end()
        self.tokens.append("")

    def peek(self, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self, expected=None):
        token = self.peek()
        if expected is not None and token != expected:
            raise Unknown(f"{self.path}: {expected!r} expected before {' '.join(self.tokens[self.at:self.at + 12])}")
        self.at += 1
        return token

    def skip(self, token):
        if self.peek() == token:
            self.at += 1
            return True
        return False

    def module(self):
        scope = Scope("", None, self.path)
        while self.peek():
            self.statement(scope)
        return scope

    def statement(self, scope):
        self.skip("export")
        self.skip("declare")
        word = self.take()
        if word == "import" and self.peek(1) == "=":
            name, _ = self.take(), self.take()
            scope.types[name] = ("alias", self.type())
            self.take(";")
        elif word == "import":
            self.imported(scope)
        elif word == "interface":
            self.interface(scope)
        elif word == "namespace":
            name = self.take()
            self.take("{")
            inner = scope.space(name)
            while not self.skip("}"):
                self.statement(inner)
        elif word == "type":
            name = self.take()
            if self.peek() == "<":
                return self.rest()
            self.take("=")
            scope.types[name] = ("alias", self.type())
            self.take(";")
        elif word == "class":
            self.klass(scope)
        elif word == "{":
            self.reexported(scope)
        elif word == "*":
            self.take("from")
            scope.stars.append(self.take()[1:-1])
            self.take(";")
        elif word in ("const", "function"):
            self.rest()
        elif word != ";":
            raise Unknown(f"{self.path}: {word} {self.peek()}")

    def rest(self):
        """Skips to the end of a statement."""
        depth = 0
        while True:
            token = self.take()
            depth += (token in "{([") - (token in "})]") if token else 0
            if token == ";" and depth == 0 or not token:
                return

    def names(self):
        """`{ A, B as C }` as pairs of the name there and the name here."""
        pairs = []
        while not self.skip("}"):
            self.skip("type")
            name = self.take()
            pairs.append((name, self.take() if self.skip("as") else name))
            self.skip(",")
        return pairs

    def imported(self, scope):
        self.skip("type")
        if self.skip("{"):
            pairs = self.names()
        elif self.skip("*"):
            self.take("as")
            pairs = [(None, self.take())]
        else:
            pairs = [(self.take(), self.tokens[self.at - 1])]
        self.take("from")
        module = self.take()[1:-1]
        self.take(";")
        scope.imports.update({here: (module, there) for there, here in pairs})

    def reexported(self, scope):
        pairs = self.names()
        if self.skip("from"):
            module = self.take()[1:-1]
            scope.imports.update({here: (module, there) for there, here in pairs})
        self.take(";")

    def interface(self, scope):
        name, bases = self.take(), []
        is_generic = self.peek() == "<"
        if is_generic:
            self.angles()
        if self.skip("extends"):
            bases.append(self.type())
            while self.skip(","):
                bases.append(self.type())
        self.take("{")
        members = self.members()
        if not is_generic:
            scope.types[name] = ("interface", members, bases)

    def angles(self):
        depth = 0
        while True:
            depth += {"<": 1, ">": -1}.get(self.take(), 0)
            if depth == 0:
                return

    def klass(self, scope):
        name = self.take()
        while self.peek() != "{":
            self.take()
        self.take("{")
        methods, depth = {}, 0
        while not self.skip("}"):
            if self.peek(1) == "(" and self.peek() != "constructor":
                method, _ = self.take(), self.take()
                arguments = self.arguments()
                self.take(":")
                methods.setdefault(method, (arguments, self.type()))
                self.take(";")
            else:
                self.rest()
        scope.classes[name] = methods

    def arguments(self):
        arguments = {}
        while not self.skip(")"):
            self.skip("...")
            name, is_optional = self.take(), self.skip("?")
            self.take(":")
            arguments[name] = (self.type(), is_optional)
            self.skip(",")
        return arguments

    def members(self):
        """The members of an interface, after its opening brace: `(name, is_optional, type)`; an index has the name None."""
        members = []
        while not self.skip("}"):
            self.skip("readonly")
            if self.skip("["):
                self.take(), self.take(":"), self.take("string"), self.take("]"), self.take(":")
                members.append((None, False, self.type()))
            else:
                name = self.take()
                name = name[1:-1] if name[0] in "'\"" else name
                if self.peek() == "(":
                    self.rest()
                    continue
                is_optional = self.skip("?")
                self.take(":")
                members.append((name, is_optional, self.type()))
            self.skip(";")
        return members

    def type(self):
        self.skip("|")
        choices = [self.both()]
        while self.skip("|"):
            choices.append(self.both())
        return choices[0] if len(choices) == 1 else ("union", choices)

    def both(self):
        parts = [self.single()]
        while self.skip("&"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else ("both", parts)

    def single(self):
        token = self.take()
        if token == "(":
            if self.peek() == ")" or self.peek(1) in (":", "?"):
                self.arguments()
                self.take("=>")
                self.type()
                return ("any",)
            found = self.type()
            self.take(")")
        elif token[0] in "'\"":
            found = ("literal", token[1:-1].replace("\\'", "'"))
        elif token == "{":
            found = ("members", self.members())
        elif token == "typeof":
            self.take()
            found = ("any",)
        elif token == "import":
            self.take("("), self.take(), self.take(")")
            while self.skip("."):
                self.take()
            found = ("any",)
        elif re.match(r"[A-Za-z_$]", token):
            found = self.reference(token)
        else:
            raise Unknown(f"{self.path}: type {token} {self.peek()}")
        while self.peek() == "[" and self.peek(1) == "]":
            self.take(), self.take()
            found = ("ref", ["Array"], [found])
        return found

    def reference(self, name):
        path, arguments = [name], []
        while self.skip("."):
            path.append(self.take())
        if self.skip("<"):
            arguments.append(self.type())
            while self.skip(","):
                arguments.append(self.type())
            self.take(">")
        if len(path) == 1 and not arguments and name in PLAIN:
            return PLAIN[name]
        return ("ref", path, arguments)


# ---- resolution ---------------------------------------------------------------------------------------------------


class Library:
    """All modules of the package, and types resolved to what goes over the wire."""

    def __init__(self, package):
        self.esm = package / "esm"
        self.modules = {}
        self.shapes, self.objects, self.under_way = {}, {}, []

    def module(self, path):
        if path not in self.modules:
            self.modules[path] = Parser(path).module()
        return self.modules[path]

    def follow(self, scope, module):
        return self.module((scope.file.parent / module).resolve().with_suffix(".d.ts"))

    def find(self, scope, path):
        """The declaration and its scope under a dotted name, looked up outwards."""
        at = scope
        while at is not None:
            found = self.within(at, path)
            if found:
                return found
            at = at.parent
        raise Unknown(f"{scope.file}: {'.'.join(path)} is not declared")

    def within(self, scope, path):
        first, rest = path[0], path[1:]
        if not rest and first in scope.types:
            return scope, first
        if rest and first in scope.spaces:
            found = self.within(scope.spaces[first], rest)
            if found:
                return found
        if first in scope.imports:
            module, there = scope.imports[first]
            target = self.follow(scope, module)
            found = self.within(target, rest if there is None else [there, *rest])
            if found:
                return found
        for star in scope.stars:
            found = self.within(self.follow(scope, star), path)
            if found:
                return found
        return None

    def resolve(self, scope, node):
        kind = node[0]
        if kind in ("string", "number", "boolean", "any", "null", "never", "true"):
            return node
        if kind == "literal":
            return ("enum", (node[1],), False)
        if kind == "members":
            return self.shape_of(scope, node[1], [])
        if kind == "both":
            # `string & Record<never, never>`: any other string. What else is joined has fields.
            parts = [part for part in node[1] if part[:2] != ("ref", ["Record"])]
            if parts == [("string",)]:
                return ("string",)
            fields = {}
            for part in parts:
                fields.update(self.fields(scope, part))
            return self.shape(fields)
        if kind == "union":
            return union([self.resolve(scope, choice) for choice in node[1]])
        return self.named(scope, node[1], node[2])

    def named(self, scope, path, arguments):
        last = path[-1]
        inner = [self.resolve(scope, argument) for argument in arguments] if last not in ("Omit", "Record") else []
        if last == "Array":
            return ("array", inner[0])
        if last == "Record":
            return ("map", self.resolve(scope, arguments[1]))
        if last in ("ApiList", "ApiListPromise"):
            return ("list", inner[0])
        if last == "ApiSearchResultPromise":
            return ("search", inner[0])
        if last == "V2ListPromise":
            return ("page", inner[0])
        if last in ("Promise", "Response"):
            return inner[0]
        if last == "Emptyable":
            return union([("null",), inner[0]])
        if last == "OtherString":
            return ("other",)
        if path == ["Stripe", last] or last in WIRE:
            return WIRE[last] if last in WIRE else self.resolve(self.core(), ("ref", [last], []))
        if last in ("Uint8Array", "Buffer", "FileData", "ReadableStream"):
            return ("string",)
        home, name = self.find(scope, path)
        declaration = home.types[name]
        if declaration[0] == "alias":
            return self.alias(home, name, declaration[1])
        if home.parent is None and "resources" in home.file.parts and not name.endswith("Params"):
            return self.object(home, name)
        if name in OPEN and home.name == "Data" and home.file.name == "Events.d.ts":
            return ("map", ("any",))
        return self.declared(home, name)

    def core(self):
        return self.module(self.esm / "shared.d.ts")

    def alias(self, home, name, node):
        if name == "Event" and home.file.name == "Events.d.ts":
            return self.event(home, node)
        return self.resolve(home, node)

    def event(self, home, node):
        """Events are a union of hundreds that differ in their object: what they have in common, and what some add."""
        base = self.declared(*self.find(home, ["EventBase"]))
        fields = {name: (is_required, kind) for name, is_required, kind in base[1]}
        for choice in node[1] if home.parent is None and "V2" in home.file.parts else []:
            at, name = self.find(home, choice[1])
            for field, is_optional, _ in at.types[name][1]:
                if field not in fields:
                    fields[field] = (False, ("map", ("any",)))
        return self.keep(object_name(home.file, "Event"), lambda: self.shape(fields))

    def object(self, home, name):
        return self.keep(object_name(home.file, name), lambda: self.declared(home, name))

    def keep(self, name, make):
        """A named object, which may hold itself."""
        if name not in self.objects:
            self.objects[name] = None
            self.objects[name] = make()
        return ("object", name)

    def declared(self, home, name):
        key = (home, name)
        if key in self.under_way:
            raise Unknown(f"{home.file}: {name} holds itself")
        self.under_way.append(key)
        _, members, bases = home.types[name]
        found = self.shape_of(home, members, bases)
        self.under_way.pop()
        return found

    def shape_of(self, scope, members, bases):
        index = [member for member in members if member[0] is None]
        if index:
            return ("map", self.resolve(scope, index[0][2]))
        fields = {}
        for base in bases:
            fields.update(self.fields(scope, base))
        for name, is_optional, node in members:
            found = self.resolve(scope, node)
            if found != ("never",):
                fields[name] = (not is_optional, found)
        return self.shape(fields)

    def fields(self, scope, node):
        """The fields of a type that is joined or extended."""
        if node[0] == "ref" and node[1][-1] == "Omit":
            left = self.fields(scope, node[2][0])
            omitted = node[2][1][1] if node[2][1][0] == "union" else [node[2][1]]
            return {name: field for name, field in left.items() if name not in [word[1] for word in omitted]}
        found = self.resolve(scope, node)
        if found[0] == "object":
            found = self.objects[found[1]]
        if found is None or found[0] != "shape":
            raise Unknown(f"{scope.file}: {node} has no fields")
        return {name: (is_required, kind) for name, is_required, kind in found[1]}

    def shape(self, fields):
        return ("shape", tuple((name, *fields[name]) for name in sorted(fields)))


def object_name(file, name):
    """`Refund`, `v2.core.EventDestination`: objects of v1 and v2 may share a name, those of v1 may too."""
    folders = file.parts[file.parts.index("resources") + 1:-1]
    return ".".join([*(snake(folder) for folder in folders), name])


def union(choices):
    """One type of several: literals become one enum, `null` a mark; what is in another is left out."""
    flat, words, is_open, is_nullable = [], [], False, False
    for choice in choices:
        parts = choice[1] if choice[0] == "union" else [choice]
        for part in parts:
            if part[0] == "nullable":
                is_nullable, part = True, part[1]
            if part == ("null",):
                is_nullable = True
            elif part == ("other",):
                is_open = True
            elif part[0] == "enum":
                words += part[1]
                is_open |= part[2]
            elif part != ("never",) and part not in flat:
                flat.append(part)
    if words:
        flat.insert(0, ("enum", tuple(sorted(set(words))), is_open))
    elif is_open:
        flat.insert(0, ("string",))
    if not flat:
        return ("null",)
    found = flat[0] if len(flat) == 1 else ("union", tuple(flat))
    return ("nullable", found) if is_nullable else found


# ---- operations ---------------------------------------------------------------------------------------------------

METHOD = re.compile(r"^    (\w+)\(([^)]*)\) \{\n(.*?)^    \}", re.M | re.S)
CALL = re.compile(r"_makeRequest\(\s*'(GET|POST|DELETE)',\s*(?:'([^']*)'|`([^`]*)`)\s*,")
# An event fetches what it is about from a path that comes with it.
FETCHED = re.compile(r"_makeRequest\('GET', pulledEvent")
ARGUMENT = re.compile(r"\$\{encodeURIComponent\((?:String\()?(\w+)\)?\)\}")


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def operations(library):
    """`(path, method, parameters, answer)` of every call that a class of the library makes."""
    found = []
    for script in sorted((library.esm / "resources").rglob("*.js")):
        text = script.read_text("utf-8")
        scope = library.module(script.with_suffix(".d.ts"))
        calls = 0
        for klass in re.split(r"^export class ", text, flags=re.M)[1:]:
            methods = scope.classes.get(re.match(r"\w+", klass).group(), {})
            for name, _, body in METHOD.findall(klass):
                for method, plain, template in CALL.findall(body):
                    calls += 1
                    path = plain or ARGUMENT.sub(lambda argument: "{" + snake(argument.group(1)) + "}", template)
                    if "$" in path or name not in methods:
                        raise Unknown(f"{script}: {name} {path}")
                    if path.startswith("/v"):
                        found.append((path, method, *signature(library, scope, methods[name])))
        made = text.count("_makeRequest(") - len(FETCHED.findall(text))
        if calls != made:
            raise Unknown(f"{script}: {made} calls, {calls} read")
    found = sorted(set(found), key=lambda one: one[:2])
    if len({one[:2] for one in found}) != len(found):
        raise Unknown("an operation has two signatures")
    return found


def declare_objects(library):
    """Resolves the objects, too, that no operation answers with: they come in events."""
    for path in sorted((library.esm / "resources").rglob("*.d.ts")):
        scope = library.module(path)
        for name, declaration in scope.types.items():
            own = {member[0]: member[2][0] for member in declaration[1]} if declaration[0] == "interface" else {}
            if own.get("object") == "literal" and name != "EventBase":
                library.object(scope, name)


def signature(library, scope, method):
    arguments, answer = method
    parameters = ("shape", ())
    if "params" in arguments:
        parameters = library.resolve(scope, arguments["params"][0])
    return parameters, library.resolve(scope, answer)


# ---- writing ------------------------------------------------------------------------------------------------------

LETTER = {"string": "s", "number": "n", "boolean": "b", "decimal": "d", "integer_text": "i", "any": "a", "true": "t",
          "null": "z", "never": "z"}
PREFIX = {"nullable": "~", "array": "[", "map": "{", "list": "L", "search": "Q", "page": "P"}


class Writer:
    """Gives each distinct shape and list of words a number, in the order in which they are met."""

    def __init__(self):
        self.shapes, self.words = {}, {}

    def text(self, kind):
        name = kind[0]
        if name in LETTER:
            return LETTER[name]
        if name in PREFIX:
            return PREFIX[name] + self.text(kind[1])
        if name == "other":
            return "s"
        if name == "object":
            return "@" + kind[1]
        if name == "union":
            return "(" + "|".join(self.text(choice) for choice in kind[1]) + ")"
        if name == "enum":
            line = ("+" if kind[2] else "=") + "\t".join(kind[1])
            return f"e{self.words.setdefault(line, len(self.words))}"
        if name == "shape":
            line = "\t".join(f"{field}{'!' if is_required else ''}:{self.text(inner)}" for field, is_required, inner in kind[1])
            return f"o{self.shapes.setdefault(line, len(self.shapes))}"
        raise Unknown(kind)


def write(package):
    library = Library(package)
    version = re.search(r'ApiVersion = "([^"]+)"', (library.esm / "apiVersion.d.ts").read_text()).group(1)
    called, writer = operations(library), Writer()
    declare_objects(library)
    objects = [f"{name}\t{writer.text(library.objects[name])}" for name in sorted(library.objects)]
    lines = [f"{method}\t{path}\t{writer.text(parameters)}\t{writer.text(answer)}" for path, method, parameters, answer in called]
    head = f"paycli-api-map 1\t{version}\tstripe {(package / 'VERSION').read_text().strip()}\tscripts/api-map.py"
    sections = [list(writer.words), list(writer.shapes), objects, lines]
    return "\n".join([head] + [line for section in sections for line in [str(len(section)), *section]]) + "\n"


def main(arguments):
    flags = [argument for argument in arguments if argument.startswith("--")]
    paths = [argument for argument in arguments if not argument.startswith("--")]
    text = write(Path(paths[0] if paths else PACKAGE).resolve()).encode()
    if flags == ["--print"]:
        sys.stdout.buffer.write(text)
    elif flags == ["--check"]:
        if zlib.decompress(DATA.read_bytes()) != text:
            sys.exit(f"{DATA.relative_to(ROOT)} is stale: run scripts/api-map.py")
    elif not flags:
        DATA.write_bytes(zlib.compress(text, 9))
        print(f"{DATA.relative_to(ROOT)}: {DATA.stat().st_size} bytes, {len(text)} as text", file=sys.stderr)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
