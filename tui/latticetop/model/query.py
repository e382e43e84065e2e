"""What somebody looks for: words, `key:value`, numbers, addresses, all of which have to hold; and whether they do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Network
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.records.address import Cidr, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

NUMERIC_KEYS = frozenset({"free", "fits", "addresses", "times", "subnets", "trouble", "without"})
"""The keys whose value is a number, also as `<3`, `<=3`, `>3`, `>=3`."""
EXACT_KEYS = frozenset({"az"})
"""The keys whose value is meant whole, as the `a` of `az:a`; from four characters on a part will do."""
MIN_INTERFACE_TERM = 3
"""From so many characters on a word is also looked for in what is within: interfaces and their owners."""

_TERM = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_KEYED = re.compile(r"([A-Za-z][A-Za-z_]*):(.*)", re.DOTALL)
_NUMBER = re.compile(r"(<=|>=|<|>|=)?(\d{1,15})")
_BEGUN_NUMBER = re.compile(r"<|>|<=|>=|=")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,3}\.?")


class Term(Struct, frozen=True):
    """One of the things asked for: `value` as it was typed, without quotes; `key` is empty for a word alone."""

    key: str
    value: str
    negated: bool = False

    @property
    def folded(self) -> str:
        """The value in small letters."""
        return self.value.lower()

    @property
    def range(self) -> Cidr | None:
        """The addresses meant: one, a range, or all that begin with `10.10.`; None when none are."""
        return None if self.key else range_of(self.value)


class Query(Struct, frozen=True):
    """What was typed and what it asks for; `problem` is a sentence on what cannot be understood of it."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    problem: str = ""

    @property
    def address(self) -> int | None:
        """The first address or first of a range that is asked for."""
        ranges = (term.range for term in self.terms if not term.negated and term.value.count(".") == 3)
        return next((found.first for found in ranges if found), None)

    @property
    def searches_interfaces(self) -> bool:
        """Whether interfaces and their owners have to be looked into."""
        return any(_within(term) for term in self.terms)


EMPTY_QUERY = Query()


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class SearchFields:
    """What a row or a block is, all in small letters.

    `text` is where words are looked for; `fields` by key, several values on lines of their own; `numbers` by key,
    each None while it is not known; `ranges` hold the addresses that find it; `letter` is the state of a block.
    `interfaces` and `owners` tell of the ENIs within, and are only called for words that may be there.
    """

    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Callable[[], int | None]] = field(default_factory=dict)
    ranges: tuple[Cidr, ...] = ()
    letter: str = ""
    interfaces: Callable[[], str] = _nothing
    owners: Callable[[], str] = _nothing


def parse_query(text: str, keys: Iterable[str]) -> Query:
    """Understand what was typed. A key that is not among `keys` is a problem, one without a value yet is left out."""
    known = tuple(keys)
    terms: list[Term] = []
    for word in _TERM.findall(text):
        negated = word[0] in "-!" and len(word) > 1
        key, value = _split(word[1:] if negated else word)
        if key and key not in known:
            return Query(text, problem=_unknown(key, known))
        if key in NUMERIC_KEYS and not _NUMBER.fullmatch(value):
            if value and not _BEGUN_NUMBER.fullmatch(value):
                return Query(text, problem=f"{key}: takes a number, as {key}:0 or {key}:<3.")
            continue
        if value and value not in ("-", "!"):
            terms.append(Term(key, value, negated))
    return Query(text, tuple(terms))


def matches(query: Query, subject: SearchFields) -> bool:
    """Whether all that is asked for holds."""
    return all(_holds(term, subject) is not term.negated for term in query.terms)


def _split(word: str) -> tuple[str, str]:
    found = _KEYED.fullmatch(word)
    key, value = (found[1].lower(), found[2]) if found else ("", word)
    return key, value.replace('"', "")


def _unknown(key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return f"No {key}: here. Did you mean {near[0]}:?"
    return f"No {key}: here, but {', '.join(f'{each}:' for each in known)}."


def _holds(term: Term, subject: SearchFields) -> bool:
    if term.key in NUMERIC_KEYS and term.key in subject.numbers:
        return _compares(term.value, subject.numbers[term.key]())
    if subject.letter and len(term.value) == 1 and term.key in ("", "state"):
        return term.value == subject.letter
    if term.key == "owner":
        return term.folded in subject.owners() or term.folded in subject.fields.get("owner", "")
    if term.key in ("eni", "interface") and term.key not in subject.fields:
        return term.folded in subject.interfaces()
    if term.key:
        return _in_field(term, subject.fields.get(term.key, ""))
    return _anywhere(term, subject)


def _in_field(term: Term, told: str) -> bool:
    if term.key == "tag":
        key, equals, value = term.folded.partition("=")
        return any(_tagged(line, key, equals, value) for line in told.split("\n"))
    if term.key in EXACT_KEYS and len(term.value) < 4:
        return term.folded in told.split("\n")
    return term.folded in told


def _tagged(line: str, key: str, equals: str, value: str) -> bool:
    """Whether a tag is the one asked for: `key=value` by its whole key and the beginning of its value."""
    return line.startswith(f"{key}={value}") if equals else key in line


def _anywhere(term: Term, subject: SearchFields) -> bool:
    if term.folded in subject.text:
        return True
    if found := term.range:
        return any(each.overlaps(found) for each in subject.ranges)
    return _within(term) and (term.folded in subject.owners() or term.folded in subject.interfaces())


def _within(term: Term) -> bool:
    """Whether a term may mean an interface or an owner; addresses are found by the range they are in."""
    if term.key:
        return term.key in ("owner", "eni", "interface")
    return len(term.value) >= MIN_INTERFACE_TERM and term.range is None


def _compares(value: str, number: int | None) -> bool:
    found = _NUMBER.fullmatch(value)
    if found is None or number is None:
        return False
    wanted = int(found[2])
    match found[1]:
        case "<":
            return number < wanted
        case "<=":
            return number <= wanted
        case ">":
            return number > wanted
        case ">=":
            return number >= wanted
        case _:
            return number == wanted


def range_of(text: str) -> Cidr | None:
    """The addresses that a text stands for: one, a range, all that begin with `10.10.`; None when it is none."""
    return next(_ranges(text), None)


def _ranges(text: str) -> Iterator[Cidr]:
    """An address, a range (bits of the host may be set), or the beginning of an address: none to one of them."""
    if not text[:1].isdigit() or "." not in text:
        return
    try:
        if "/" in text:
            network = IPv4Network(text, strict=False)
            if network.prefixlen:
                yield Cidr(int(network.network_address), network.prefixlen)
            return
        if _DOTTED.fullmatch(text):
            parts = text.rstrip(".").split(".")
            yield Cidr(parse_address(".".join([*parts, *["0"] * (4 - len(parts))])), 8 * len(parts))
    except (AddressValueError, ValueError):
        return
