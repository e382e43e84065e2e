"""Names of the columns of each table, as the settings use them; the first column is always shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.config.key_map import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TABLES = {
    "endpoints": ("id", "state", "accessible", "type", "network", "created"),
    "subnets": ("name", "zone", "cidr", "addresses", "blocks", "fits", "nodes", "pods", "map", "owner_id", "vpc"),
    "estate": (
        "name",
        "account",
        "region",
        "owner_id",
        "vpc",
        "zone",
        "cidr",
        "addresses",
        "blocks",
        "nodes",
        "pods",
        "age",
        "map",
    ),
    "trouble": ("state", "accessible", "what", "account", "region", "why"),
    "all-endpoints": ("id", "state", "accessible", "account", "region", "type", "network", "created"),
    "scopes": ("name", "account", "region", "trouble", "subnets", "without", "status", "problem"),
    "changes": ("time", "what", "where", "scope"),
    "problems": ("holds", "kind", "message", "operation", "times", "first", "last", "scope"),
    "trend": ("name", "zone", "cidr", "course", "now", "lowest", "rate", "out"),
    "interfaces": ("role", "id", "zone", "address", "held", "status", "subnet", "listed"),
    "associations": ("accessibility", "resource", "failure", "dns"),
    "network": ("kind", "name", "status", "id"),
    "owners": ("ticked", "owner", "interfaces", "addresses", "broken", "alone", "freed", "how"),
    "addresses": ("address", "state", "owner", "interface", "description"),
    "plan": ("chosen", "name", "zone", "cidr", "addresses", "blocks", "fits", "map", "answer", "why"),
}


def column_problems(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Return one sentence for each table or column that does not exist."""
    unknown = columns.keys() - TABLES
    problems = [f"columns: there is no table '{table}'. {suggestion(table, list(TABLES))}" for table in unknown]
    return problems + [
        f"columns: {table} has no column '{name}'. {suggestion(name, TABLES[table])}"
        for table, names in columns.items()
        if table in TABLES
        for name in names
        if name not in TABLES[table]
    ]
