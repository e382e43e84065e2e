"""What the columns, marks and bounds of a screen mean, with examples from the screen itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.map_strip import BAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.screen import Screen

_SUBNET_COLUMNS = {
    "addresses": "free addresses, as AWS counts them; they need not form a block",
    "blocks": "free /28 blocks: sixteen addresses, none in use, that AWS can assign as a prefix",
    "fits": "capacity: how many more service-network endpoints AWS can create here",
    "nodes": "how many more EKS nodes fit, each with as many prefixes and ENIs as the largest node of the subnet",
    "pods": "how many pods fit on the free /28 blocks, 16 on each",
    "map": "a letter for each block, in order; of more blocks than letters their numbers, or a bar of their shares",
    "owner_id": "the account that owns the subnet, where it is not this one",
    "age": "how long ago the interfaces of the subnet were read",
}
_COLUMNS = {
    "name": "the Name tag, or the id",
    "id": "the id",
    "zone": "the Availability Zone, by its last letter",
    "cidr": "the IPv4 range",
    "vpc": "the VPC",
    "account": "the account",
    "region": "the Region",
    "state": "the state, as AWS gives it",
    "accessible": "associations that AWS calls accessible, of all; not a probe",
    "type": "the type",
    "network": "the service network that the endpoint connects to",
    "created": "when it was created, in UTC",
    "scope": "the account, and its Region",
    "owner": "who holds it, as the interface tells",
    "interface": "the ENI",
    "description": "the description of the ENI",
    "address": "the primary IPv4 address",
    "status": "the status, as AWS gives it",
    "subnet": "the subnet",
}
COLUMN_MEANINGS: dict[str, dict[str, str]] = {
    "subnets": _SUBNET_COLUMNS,
    "estate": _SUBNET_COLUMNS,
    "plan": _SUBNET_COLUMNS
    | {
        "fits": "capacity: how often what is planned fits here",
        "answer": "whether the plan fits into this subnet, whatever AWS allocates first",
        "why": "the reason for the answer",
    },
    "trouble": {
        "state": "of an endpoint the state, as AWS gives it; else what is wrong, or not known",
        "what": "the endpoint, the subnet or the account",
        "why": "what is wrong, or why it is not known",
    },
    "interfaces": {
        "role": "what the endpoint uses the ENI for: resources, services",
        "held": "addresses or prefixes that the ENI holds",
        "listed": "whether the endpoint lists the ENI",
    },
    "associations": {
        "accessibility": "whether AWS calls it accessible; not a probe",
        "dns": "the DNS name of the association",
        "resource": "the service or resource configuration",
        "failure": "why it is not accessible, as AWS says",
    },
    "network": {"kind": "a service, or a resource configuration", "name": "the name that AWS gives it"},
    "changes": {
        "time": "when the read that saw it ended",
        "what": "what changed",
        "where": "the subnet, and the block",
    },
    "problems": {
        "holds": "whether the problem still holds",
        "kind": "the kind",
        "message": "the problem, and what to do",
        "operation": "the AWS API operation",
        "times": "how often it occurred",
        "first": "when it first occurred",
        "last": "when it last occurred",
    },
    "scopes": {
        "name": "the name of the role or profile, as the settings give it",
        "trouble": "endpoints that are failed or degraded",
        "subnets": "subnets that are followed",
        "without": "subnets without a free /28 block",
        "status": "whether it is being read, and how long ago it was",
        "problem": "the first problem",
    },
    "owners": {
        "interfaces": "ENIs of the owner in the subnet",
        "addresses": "addresses of the owner in the subnet, sixteen for each prefix",
        "broken": "blocks that the owner fragments or fills",
        "alone": "of these, blocks in which no one else has an address",
        "freed": "blocks that are free once the owner is gone",
        "how": "how AWS lets it be removed",
    },
    "trend": {
        "course": "the level over time",
        "now": "the level now",
        "lowest": "the lowest level",
        "rate": "the change an hour",
        "out": "when it reaches 0 at this rate",
    },
}
"""The meanings of columns by table and key; `_COLUMNS` has those that mean the same in every table."""
_TABLE_MARKS = (
    ("▌", "before a row: the cursor"),
    ("·", "before a row: linked to the cursor of the other table, as the subnets of an endpoint are"),
    ("▴ ▾", "beside a heading: the column that sorts, smallest or greatest first"),
    ("…", "in an id: its middle is left out; copying gives the whole id"),
)
_BAR_MEANINGS = {
    "LA": "in a map of more blocks than letters: the share of prefixes, L and A",
    "RFX": "the share of blocks that are reserved by AWS, full, or reserved explicitly: R, F and X",
    "f": "the share of fragmented blocks, f",
    ".P": "the share of free blocks, . and P; one cell at least if there is one",
}
_FIX_MARKS = (
    ("1 2 3", "in Fix: the steps, in the order that works"),
    ("or", "in Fix: instead of all these steps"),
    ("→", "in Fix: what the step frees"),
)
_STATUS_MARKS = (
    ("●", "at the top: whether the data is live, and how old it is"),
    ("!", "at the top: what is wrong, in all accounts if there are several"),
)
_GRID_MARKS = (
    ("· L ·", "the endpoint under the cursor has an address in the block, whatever its letter"),
    ("* . *", "the block changed within the last few reads"),
    ("+ . +", "the plan takes the block"),
    ("/ f /", "the search, or the owner under the cursor, has something in the block"),
    ("<", "behind a letter of the heat map: the cursor"),
    ("#", "one of the sixteen addresses below the grid: in use"),
    ("only .36", "the one address in use, by its last number: 10.10.10.36 in 10.10.10.32/28"),
)
_BOUNDS = (
    ("2-4", "at least 2 and at most 4: some data is missing, or it depends on what AWS allocates first"),
    ("≤3", "at most 3: some data is missing"),
    ("?", "unknown: not read, denied, or a count that cannot be"),
    ("-", "does not apply: without IPv4, for example"),
)


class GlossaryTerm(NamedTuple):
    """A term of the screen, what it means, and an example from the screen; empty for none."""

    term: str
    meaning: str
    example: str = ""


def column_terms(screen: Screen[Any]) -> list[GlossaryTerm]:
    """The columns that the tables of a screen show, each once, with the cell under the cursor."""
    terms = {term.term: term for table in screen.query(KeyedTable) for term in _terms_of(table)}
    return list(terms.values())


def meaning_of(table_name: str, column_key: str) -> str:
    """What a column of a table means; empty if the table has no name."""
    return COLUMN_MEANINGS.get(table_name, {}).get(column_key) or _COLUMNS.get(column_key, "")


def _terms_of(table: KeyedTable) -> Iterator[GlossaryTerm]:
    cells = table.current_row.cells if table.current_row else {}
    for column in table.COLUMNS:
        meaning = meaning_of(table.SETTINGS_NAME, column.key)
        if meaning and column.label and column.key in table.columns:
            example = cells[column.key].plain.strip() if column.key in cells else ""
            yield GlossaryTerm(column.label, meaning, example)


def mark_terms(screen: Screen[Any]) -> list[GlossaryTerm]:
    """The marks that the parts of a screen may show, those of maps with an example from it."""
    tables = list(screen.query(KeyedTable))
    terms = [*_terms(_TABLE_MARKS), *_map_terms(tables)] if tables else []
    parts = {"FindingsPane": _FIX_MARKS, "BlockGrid": _GRID_MARKS, "StatusLine": _STATUS_MARKS}
    for part, marks in parts.items():
        if any(widget.display for widget in screen.query(part)):
            terms += _terms(marks)
    return terms


def _terms(marks: Iterable[tuple[str, str]]) -> list[GlossaryTerm]:
    return [GlossaryTerm(mark, meaning) for mark, meaning in marks]


def _map_terms(tables: list[KeyedTable]) -> Iterator[GlossaryTerm]:
    """What a map says in place of letters, with the first row that shows it."""
    rows = [row for table in tables if "map" in table.columns for row in table.shown_rows]
    if not rows:
        return
    maps = [(row.cells["map"].plain, row.cells["name"].plain) for row in rows if "map" in row.cells]
    bar = next((f"{text} of {name}" for text, name in maps if text[:1] in BAR.values()), "")
    for letters, mark in BAR.items():
        yield GlossaryTerm(mark, _BAR_MEANINGS[letters], bar)
        bar = ""
    numbers = next((f"{text} of {name}" for text, name in maps if " " in text and any(map(str.isdigit, text))), "")
    yield GlossaryTerm("f 110", "in a map of more blocks than letters: the number of blocks in a state", numbers)


def bound_terms(columns: list[GlossaryTerm]) -> list[GlossaryTerm]:
    """The forms of a number that is not certain, each with a column that shows one now."""
    return [GlossaryTerm(form, meaning, _example(form, columns)) for form, meaning in _BOUNDS]


def _example(form: str, columns: list[GlossaryTerm]) -> str:
    for column in columns:
        number = column.example.replace(",", "")
        low, dash, high = number.partition("-")
        has_form = {
            "2-4": bool(dash) and low.isdigit() and high.isdigit(),
            "≤3": number.startswith("≤"),
            "?": number == "?",
            "-": number == "-",
        }[form]
        if has_form:
            return f"{column.example} in {column.term}"
    return ""
