"""
Read a CEL expression into a tree.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeAlias

from kgen.check.cel.literals import number, text
from kgen.check.cel.values import CelError

DEEPEST = 50
"""Levels of brackets. More is no rule that anybody wrote by hand, and Python's stack has an end."""


class CelSyntaxError(CelError):
    """The expression cannot be read; the message says why and where."""


class Literal(NamedTuple):
    value: Any


class Ident(NamedTuple):
    name: str


class Select(NamedTuple):
    """``of.name``, or ``of.?name``."""

    of: Node
    name: str
    is_optional: bool = False


class Index(NamedTuple):
    """``of[key]``, or ``of[?key]``."""

    of: Node
    key: Node
    is_optional: bool = False


class Call(NamedTuple):
    """A function or, if its name is no word, an operator."""

    name: str
    args: tuple[Node, ...]


class Method(NamedTuple):
    of: Node
    name: str
    args: tuple[Node, ...]


class ListOf(NamedTuple):
    items: tuple[Node, ...]
    optional: frozenset[int]
    """Positions of the items with a question mark."""


class MapOf(NamedTuple):
    keys: tuple[Node, ...]
    values: tuple[Node, ...]
    optional: frozenset[int]


Node: TypeAlias = Literal | Ident | Select | Index | Call | Method | ListOf | MapOf

RESERVED = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_TOKEN = re.compile(
    r"""
      (?P<skip>   [ \t\r\n\f]+ | //[^\n]* )
    | (?P<text>   (?:[rR][bB]?|[bB][rR]?)? (?: \"\"\".*?(?<!\\)(?:\\\\)*\"\"\" | '''.*?(?<!\\)(?:\\\\)*'''
                  | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' ) )
    | (?P<number> 0x[0-9a-fA-F]+[uU]? | [0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)? | [0-9]+[eE][+-]?[0-9]+ | [0-9]+[uU]? )
    | (?P<name>   [A-Za-z_][A-Za-z0-9_]* )
    | (?P<quoted> `[A-Za-z0-9_.\-/ ]+` )
    | (?P<sign>   && | \|\| | [=!<>]= | [-+*/%!<>?:.,()\[\]{}] )
    """,
    re.VERBOSE | re.DOTALL,
)
_RAW = re.compile(r"(?:[rR][bB]?|[bB][rR])(?:\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*')", re.DOTALL)
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"<", "<=", ">", ">=", "==", "!=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
"""Binary operators, the weakest first; ``||`` and ``&&`` are weaker still."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes in ``node``; those of a selection or a method are for whoever knows what these mean."""
    match node:
        case Index(of, key):
            return of, key
        case Call(_, args):
            return args
        case ListOf(items):
            return items
        case MapOf(keys, values):
            return (*keys, *values)
    return ()


def parse(source: str) -> Node:
    """
    Return the tree of ``source``.

    >>> parse("self.a > 1")
    Call(name='>', args=(Select(of=Ident(name='self'), name='a', is_optional=False), Literal(value=1)))

    Raises:
        CelSyntaxError: ``source`` is no CEL expression.
    """
    parser = _Parser(_tokens(source))
    tree = parser.expression()
    parser.expect("end", "")
    return tree


def _tokens(source: str) -> list[_Token]:
    made: list[_Token] = []
    at = 0
    while at < len(source):
        found = _RAW.match(source, at)
        kind = "text"
        if found is None:
            found = _TOKEN.match(source, at)
            if found is None:
                raise CelSyntaxError(f"`{source[at]}` at position {at + 1} begins nothing that CEL knows")
            kind = str(found.lastgroup)
        if kind != "skip":
            made.append(_Token(kind, found.group(), at))
        at = found.end()
    return [*made, _Token("end", "", at)]


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise CelSyntaxError(f"is nested more than {DEEPEST} levels deep")
        made = self._chain("||")
        if self._take("?"):
            yes = self._chain("||")
            self.expect("sign", ":")
            made = Call("?:", (made, yes, self.expression()))
        self._depth -= 1
        return made

    def expect(self, kind: str, text_: str) -> _Token:
        token = self._tokens[self._at]
        if token.kind != kind or (text_ and token.text != text_):
            wanted = f"`{text_}`" if text_ else {"end": "the end", "name": "a name"}.get(kind, kind)
            is_ = f"`{token.text}`" if token.text else "the end"
            raise CelSyntaxError(f"expected {wanted} at position {token.at + 1}, but there is {is_}")
        self._at += 1
        return token

    def _take(self, sign: str) -> bool:
        token = self._tokens[self._at]
        if token.text != sign or token.kind not in {"sign", "name"}:
            return False
        self._at += 1
        return True

    def _chain(self, sign: str) -> Node:
        """Read operands joined by ``||``, each of them operands joined by ``&&``; all of them make one call."""
        args = [self._chain("&&") if sign == "||" else self._binary(0)]
        while self._take(sign):
            args.append(self._chain("&&") if sign == "||" else self._binary(0))
        return args[0] if len(args) == 1 else Call(sign, tuple(args))

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        made = self._binary(level + 1)
        while (token := self._tokens[self._at]).text in _LEVELS[level] and token.kind in {"sign", "name"}:
            self._at += 1
            made = Call(token.text, (made, self._binary(level + 1)))
        return made

    def _unary(self) -> Node:
        token = self._tokens[self._at]
        if token.kind == "sign" and token.text in {"!", "-"}:
            count = 0
            while self._take(token.text):
                count += 1
            following = self._tokens[self._at]
            if token.text == "-" and count == 1 and following.kind == "number":
                self._at += 1
                return self._member(Literal(_checked(number, f"-{following.text}")))
            made = self._unary() if following.text in {"!", "-"} else self._member(self._primary())
            return Call(f"{token.text}_", (made,)) if count % 2 else made
        return self._member(self._primary())

    def _member(self, made: Node) -> Node:
        while True:
            if self._take("."):
                made = self._selection(made)
            elif self._take("["):
                is_optional = self._take("?")
                made = Index(made, self.expression(), is_optional)
                self.expect("sign", "]")
            else:
                return made

    def _selection(self, of: Node) -> Node:
        is_optional = self._take("?")
        token = self._tokens[self._at]
        if token.kind == "quoted":
            self._at += 1
            return Select(of, token.text[1:-1], is_optional)
        name = self.expect("name", "").text
        if name in _CONSTANTS or name == "in":
            raise CelSyntaxError(f"`{name}` at position {token.at + 1} is reserved; write `__{name}__`")
        if not is_optional and self._take("("):
            return Method(of, name, self._arguments(")"))
        return Select(of, name, is_optional)

    def _arguments(self, closing: str) -> tuple[Node, ...]:
        args: list[Node] = []
        while not self._take(closing):
            if args:
                self.expect("sign", ",")
            args.append(self.expression())
        return tuple(args)

    def _primary(self) -> Node:  # noqa: PLR0911  # one for each sort of value
        token = self._tokens[self._at]
        self._at += 1
        match token.kind, token.text:
            case "number", _:
                return Literal(_checked(number, token.text))
            case "text", _:
                return Literal(_checked(text, token.text))
            case "sign", "(":
                made = self.expression()
                self.expect("sign", ")")
                return made
            case "sign", "[":
                return self._list()
            case "sign", "{":
                return self._map()
            case "sign", ".":
                return self._named(self.expect("name", ""))
            case "name", _:
                return self._named(token)
        self._at -= 1
        raise CelSyntaxError(f"expected a value at position {token.at + 1}, but there is {_shown(token)}")

    def _named(self, token: _Token) -> Node:
        name = token.text
        if name in _CONSTANTS:
            return Literal(_CONSTANTS[name])
        if name in RESERVED or name == "in":
            raise CelSyntaxError(f"`{name}` at position {token.at + 1} is reserved")
        if self._take("("):
            return Call(name, self._arguments(")"))
        return Ident(name)

    def _list(self) -> Node:
        items: list[Node] = []
        optional: set[int] = set()
        while not self._take("]"):
            if items:
                self.expect("sign", ",")
                if self._take("]"):
                    break
            if self._take("?"):
                optional.add(len(items))
            items.append(self.expression())
        return ListOf(tuple(items), frozenset(optional))

    def _map(self) -> Node:
        keys: list[Node] = []
        values: list[Node] = []
        optional: set[int] = set()
        while not self._take("}"):
            if keys:
                self.expect("sign", ",")
                if self._take("}"):
                    break
            if self._take("?"):
                optional.add(len(keys))
            keys.append(self.expression())
            self.expect("sign", ":")
            values.append(self.expression())
        return MapOf(tuple(keys), tuple(values), frozenset(optional))


def _shown(token: _Token) -> str:
    return f"`{token.text}`" if token.text else "the end"


def _checked(read: Any, written: str) -> Any:
    try:
        return read(written)
    except ValueError as error:
        raise CelSyntaxError(str(error)) from None
