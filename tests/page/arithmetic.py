"""Reads a line of worked arithmetic as a person would, each number as far as it was rounded."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?(?:E[+-]\d+)?|max#|[A-Za-zΦ.]+|[-−+×÷^√|(),%∞])")
_LARGEST = 1e300


@dataclass(frozen=True)
class Interval:
    """All numbers from low to high."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        slack = 1e-9 * max(1.0, abs(value))
        return self.low - slack <= value <= self.high + slack


class UnreadableError(Exception):
    """A line with words, comparisons, or parts left out."""


def evaluate(line: str) -> Interval:
    """What a line comes to.

    >>> evaluate("2 × (1 − 3)"), evaluate("max(1, −2)")
    (Interval(low=-4.0, high=-4.0), Interval(low=1.0, high=1.0))

    Raises:
        UnreadableError: it is no arithmetic of numbers alone.
    """
    tokens: list[str] = []
    at = 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        if token is None:
            raise UnreadableError(line)
        tokens.append(token[1])
        at = token.end()
    reader = _Reader(tokens)
    found = reader.sum()
    if reader.tokens:
        raise UnreadableError(line)
    return found


def joined(line: str) -> str | None:
    """The text of words that are joined, trimmed, exchanged; None where a line is something else.

    >>> joined("“<s>” & “ → ” & “eu”"), joined("“eu” →")
    ('<s> → eu', None)
    >>> joined("SUBSTITUTE(TRIM(LOWER(“ I’M ”)), “’”, “'”)"), joined("SUBSTITUTE(“oh”)")
    ("i'm", None)
    """
    reader = _TextReader(line)
    try:
        text = reader.text()
    except UnreadableError:
        return None
    return None if reader.rest else text


def counted(line: str) -> str:
    """The line with the number of letters in place of each LEN.

    >>> counted("(LEN(“abab”) − LEN(SUBSTITUTE(“abab”, “ab”, “”))) ÷ LEN(“ab”)")
    '(4 − 0) ÷ 2'

    Raises:
        UnreadableError: what is counted cannot be read.
    """
    before, found, rest = line.partition("LEN(")
    if not found:
        return line
    reader = _TextReader(rest)
    text = reader.text()
    if not reader.take(r"\)"):
        raise UnreadableError(line)
    return f"{before}{len(text)}{counted(reader.rest)}"


TEXT_FUNCTIONS: dict[str, tuple[int, Callable[..., str]]] = {
    "": (1, str),
    "TRIM": (1, lambda text: " ".join(part for part in text.split(" ") if part)),
    "LOWER": (1, str.lower),
    "SUBSTITUTE": (3, str.replace),
    "LEFT": (2, lambda text, count: text[: int(count)]),
    "MID": (3, lambda text, first, count: text[int(first) - 1 :][: int(count)]),
}
"""How many texts go into each, and what it makes of them; "" is a pair of parentheses."""


@dataclass
class _TextReader:
    """A word may hold quotation marks itself: it ends before a sign or at the end."""

    rest: str

    def text(self) -> str:
        text = self.item()
        while self.take(r" & "):
            text += self.item()
        return text

    def item(self) -> str:
        if word := self.take(r"“(.*?)”(?= & |, “|, \d|\)|$)"):
            return word[1]
        if number := self.take(r"\d+"):
            return number[0]
        name = self.take(r"([A-Z]*)\(")
        if name is None or name[1] not in TEXT_FUNCTIONS:
            raise UnreadableError(self.rest)
        count, function = TEXT_FUNCTIONS[name[1]]
        texts = [self.text()]
        while self.take(r", "):
            texts.append(self.text())
        if len(texts) != count or not self.take(r"\)"):
            raise UnreadableError(self.rest)
        return function(*texts)

    def take(self, pattern: str) -> re.Match[str] | None:
        found = re.match(pattern, self.rest)
        if found:
            self.rest = self.rest[found.end() :]
        return found


def _number(text: str) -> Interval:
    digits, _, exponent = text.partition("E")
    value = float(text)
    if "." not in digits:
        return Interval(value, value)
    half = 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return Interval(value - half, value + half)


def _product(a: Interval, b: Interval) -> Interval:
    ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(ends), max(ends))


def _inverse(a: Interval) -> Interval:
    if a.low <= 0 <= a.high:
        return Interval(-math.inf, math.inf)
    return Interval(1 / a.high, 1 / a.low)


def _power(a: Interval, b: Interval) -> Interval:
    whole = b.low == b.high and b.low.is_integer()
    if a.low <= 0 and not (whole and b.low >= 0):
        return Interval(-math.inf, math.inf)
    ends = [x**y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(0.0, *ends) if a.low < 0 < a.high else min(ends), max(ends))


def _wave(function: Callable[[float], float]) -> Callable[[list[Interval]], Interval]:
    def found(args: list[Interval]) -> Interval:
        # A sine changes by no more than its angle.
        middle, half = (args[0].low + args[0].high) / 2, (args[0].high - args[0].low) / 2
        return Interval(function(middle) - half, function(middle) + half)

    return found


def _rising(function: Callable[[float], float]) -> Callable[[list[Interval]], Interval]:
    return lambda args: Interval(function(args[0].low), function(args[0].high))


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.7 else math.inf


def _phi(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


FUNCTIONS: dict[str, Callable[[list[Interval]], Interval]] = {
    "exp": _rising(_exp),
    "ln": _rising(lambda x: math.log(max(x, 1e-300))),
    "tanh": _rising(math.tanh),
    "Φ": _rising(_phi),
    "INT": _rising(lambda x: float(math.floor(x)) if math.isfinite(x) else x),
    "sin": _wave(math.sin),
    "cos": _wave(math.cos),
    "max": lambda args: Interval(max(a.low for a in args), max(a.high for a in args)),
    "min": lambda args: Interval(min(a.low for a in args), min(a.high for a in args)),
}


@dataclass
class _Reader:
    """From loose to tight, as in mathematics: −2² is −4."""

    tokens: list[str]

    def sum(self) -> Interval:
        total = self.product()
        while self.next("+", "−"):
            minus = self.tokens.pop(0) == "−"
            other = self.product()
            low, high = (-other.high, -other.low) if minus else (other.low, other.high)
            total = Interval(total.low + low, total.high + high)
        return total

    def product(self) -> Interval:
        total = self.sign()
        while self.next("×", "÷"):
            divides = self.tokens.pop(0) == "÷"
            other = self.sign()
            total = _product(total, _inverse(other) if divides else other)
        return total

    def sign(self) -> Interval:
        if not self.next("−"):
            return self.power()
        self.tokens.pop(0)
        other = self.sign()
        return Interval(-other.high, -other.low)

    def power(self) -> Interval:
        base = self.atom()
        if not self.next("^"):
            return base
        self.tokens.pop(0)
        return _power(base, self.atom())

    def atom(self) -> Interval:
        if not self.tokens:
            raise UnreadableError("the end")
        token = self.tokens.pop(0)
        if token == "∞":
            return Interval(1e9, _LARGEST)
        if token[0].isdigit():
            return _number(token)
        if token in ("(", "|"):
            inner = self.sum()
            self.take(")" if token == "(" else "|")
            return inner if token == "(" else _absolute(inner)
        if token == "√":
            inner = self.atom()
            return Interval(math.sqrt(max(0.0, inner.low)), math.sqrt(max(0.0, inner.high)))
        return self.call(token)

    def call(self, name: str) -> Interval:
        if name == "max#":
            return self.ranked()
        if name not in FUNCTIONS:
            raise UnreadableError(name)
        return FUNCTIONS[name](self.arguments())

    def ranked(self) -> Interval:
        """The largest but so many: `max#2(1, 3, 2)` is 2."""
        rank = int(self.tokens.pop(0))
        args = self.arguments()
        low, high = (
            sorted(ends)[-rank] for ends in ([a.low for a in args], [a.high for a in args])
        )
        return Interval(low, high)

    def arguments(self) -> list[Interval]:
        self.take("(")
        args = [self.sum()]
        while self.next(","):
            self.tokens.pop(0)
            args.append(self.sum())
        self.take(")")
        return args

    def next(self, *tokens: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in tokens

    def take(self, token: str) -> None:
        if not self.next(token):
            raise UnreadableError(token)
        self.tokens.pop(0)


def _absolute(a: Interval) -> Interval:
    ends = [abs(a.low), abs(a.high)]
    return Interval(0.0 if a.low <= 0 <= a.high else min(ends), max(ends))
