"""The filter language: words, `key:value`, numbers and addresses, all of which must match; and what they match."""

from __future__ import annotations

import re
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Network
from typing import TYPE_CHECKING

from msgspec import Struct, field

from latticetop.model.records.address import Cidr, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

NUMERIC_KEYS = frozenset({"free", "fits", "nodes", "pods", "addresses", "times", "subnets", "trouble", "without"})
"""Keys with a numeric value, also as `<3`, `<=3`, `>3`, `>=3`."""
EXACT_KEYS = frozenset({"az"})
"""Keys whose value must match as a whole, as in `az:a`, unless it has four or more characters."""
MIN_INTERFACE_TERM = 3
"""The least characters of a word that is also searched in the ENIs of a subnet and their owners."""

_TERM = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_KEYED = re.compile(r"([A-Za-z][A-Za-z_]*):(.*)", re.DOTALL)
_NUMBER = re.compile(r"(<=|>=|<|>|=)?(\d{1,15})")
_COMPARISON = re.compile(r"<|>|<=|>=|=")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,3}\.?")


class Term(Struct, frozen=True):
    """One term of a query: `value` as typed, without quotes; `key` is empty for a word by itself."""

    key: str
    value: str
    negated: bool = False

    @property
    def folded(self) -> str:
        """The value in lower case."""
        return self.value.lower()

    @property
    def range(self) -> Cidr | None:
        """The addresses of the term: one, a range, or all that begin with `10.10.`; None for any other term."""
        return None if self.key else range_of(self.value)


class Query(Struct, frozen=True):
    """A parsed query. `problem` is a sentence on what cannot be parsed, or empty."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    problem: str = ""

    @property
    def address(self) -> int | None:
        """The first address of the first term that is an address or a range, if any."""
        ranges = (term.range for term in self.terms if not term.negated and term.value.count(".") == 3)
        return next((cidr.first for cidr in ranges if cidr), None)

    @property
    def searches_interfaces(self) -> bool:
        """Whether the query has to be matched against ENIs and their owners."""
        return any(_may_match_interfaces(term) for term in self.terms)


EMPTY_QUERY = Query()


class SearchFields(Struct, frozen=True):
    """The searchable text of a row or a block, all in lower case.

    Words are searched in `text`; `fields` has the text by key, one value per line; `numbers` the value by key, None if
    it is unknown; `ranges` the addresses that match; `letter` the state of a block. `interfaces` and `owners` return
    the text of the ENIs inside; they are only called for terms that may match it.
    """

    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Callable[[], int | None]] = field(default_factory=dict)
    ranges: tuple[Cidr, ...] = ()
    letter: str = ""
    interfaces: Callable[[], str] = str
    owners: Callable[[], str] = str


def parse_query(text: str, keys: Iterable[str]) -> Query:
    """Parse a query. A key that is not among `keys` is a problem; a key without a value yet is ignored."""
    known = tuple(keys)
    terms: list[Term] = []
    for word in _TERM.findall(text):
        negated = word[0] in "-!"
        key, value = _split(word[1:] if negated else word)
        if key and key not in known:
            return Query(text, problem=_unknown_key(key, known))
        if key in NUMERIC_KEYS and not _NUMBER.fullmatch(value):
            if value and not _COMPARISON.fullmatch(value):
                return Query(text, problem=f"{key}: takes a number, as in {key}:0 or {key}:<3.")
            continue
        if value and value not in ("-", "!"):
            terms.append(Term(key, value, negated))
    return Query(text, tuple(terms))


def matches(query: Query, subject: SearchFields) -> bool:
    """Whether every term of the query matches."""
    return all(_term_matches(term, subject) is not term.negated for term in query.terms)


def _split(word: str) -> tuple[str, str]:
    match = _KEYED.fullmatch(word)
    key, value = (match[1].lower(), match[2]) if match else ("", word)
    return key, value.replace('"', "")


def _unknown_key(key: str, known: tuple[str, ...]) -> str:
    similar = get_close_matches(key, known, cutoff=0.5)
    if similar:
        return f"Unknown key {key}: did you mean {similar[0]}:?"
    return f"Unknown key {key}: use {', '.join(f'{name}:' for name in known)}."


def _term_matches(term: Term, subject: SearchFields) -> bool:
    if term.key in NUMERIC_KEYS and term.key in subject.numbers:
        return _number_matches(term.value, subject.numbers[term.key]())
    if subject.letter and len(term.value) == 1 and term.key in ("", "state"):
        return term.value == subject.letter
    if term.key == "owner":
        return term.folded in subject.owners() or term.folded in subject.fields.get("owner", "")
    if term.key in ("eni", "interface") and term.key not in subject.fields:
        return term.folded in subject.interfaces()
    if term.key:
        return _field_matches(term, subject.fields.get(term.key, ""))
    return _word_matches(term, subject)


def _field_matches(term: Term, text: str) -> bool:
    if term.key == "tag":
        return any(_tag_matches(line, term.folded) for line in text.split("\n"))
    if term.key in EXACT_KEYS and len(term.value) < 4:
        return term.folded in text.split("\n")
    return term.folded in text


def _tag_matches(line: str, text: str) -> bool:
    """Match `key=value` by the whole key and the beginning of the value; a key by itself by any part of it."""
    return line.startswith(text) if "=" in text else text in line


def _word_matches(term: Term, subject: SearchFields) -> bool:
    if term.folded in subject.text:
        return True
    if cidr := term.range:
        return any(other.overlaps(cidr) for other in subject.ranges)
    return _may_match_interfaces(term) and (term.folded in subject.owners() or term.folded in subject.interfaces())


def _may_match_interfaces(term: Term) -> bool:
    """Whether a term may be an ENI or an owner; addresses are matched by the range they are in."""
    if term.key:
        return term.key in ("owner", "eni", "interface")
    return len(term.value) >= MIN_INTERFACE_TERM and term.range is None


def _number_matches(value: str, number: int | None) -> bool:
    comparison = _NUMBER.fullmatch(value)
    if comparison is None or number is None:
        return False
    limit = int(comparison[2])
    match comparison[1]:
        case "<":
            return number < limit
        case "<=":
            return number <= limit
        case ">":
            return number > limit
        case ">=":
            return number >= limit
        case _:
            return number == limit


def range_of(text: str) -> Cidr | None:
    """Return the addresses that a text means: one, a range, all that begin with `10.10.`; None for any other text."""
    return next(_ranges(text), None)


def _ranges(text: str) -> Iterator[Cidr]:
    """Yield one range or none, for an address, a CIDR block (host bits may be set) or the beginning of an address."""
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
