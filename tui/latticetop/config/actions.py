"""The actions of keys. Bindings, footer, help, command palette and key map are all made from this one table."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class KeyContext(Enum):
    """Where an action applies; the value is the heading in the help. Each context is bound by one class."""

    APP = "everywhere"
    MAIN = "on the main screen"
    DETAIL = "on every other screen"
    ENDPOINT = "on an endpoint"
    EXPLAIN = "on an explanation"
    PLAN = "on a plan"
    TREND = "on the trend"
    TABLE = "in a table"
    CHOOSING = "in a table with a selection"
    GRID = "in the block grid"
    FINDINGS = "in the findings"
    HELP = "in the help"
    CHOICE = "while a menu is open"
    MENU = "in a menu"
    PROMPT = "in an input line"
    NUMBER = "in the numbers of a plan"
    OWNERS = "on the owners of a subnet"


(APP, MAIN, DETAIL, ENDPOINT, EXPLAIN, PLAN, TREND, TABLE, CHOOSING, GRID, FINDINGS, HELP, CHOICE, MENU, PROMPT, NUMBER,
 OWNERS) = KeyContext  # fmt: skip
SCREENS = (ENDPOINT, EXPLAIN, PLAN, TREND, OWNERS)
"""The screens with actions of their own; each is also a DETAIL screen."""


class Action(NamedTuple):
    """One action of a key.

    `id` names it in key maps and never changes. `name` is Textual's action string; `action_…` is its method. `keys` are
    the default keys, separated by blanks: characters as typed, or names of keys. `label` is shown in the footer, `help`
    in the help, where keys with the same text share a line.

    `footer` and `palette` say whether the action is in the footer and in the command palette; `live` and `replay`,
    whether it applies to a live account and to a recording. `fixed` keys do the same and cannot be mapped.
    `names` are further names in the command palette, besides the id and the label.
    """

    id: str
    name: str
    keys: str
    label: str
    help: str
    contexts: tuple[KeyContext, ...]
    footer: bool = True
    palette: bool = True
    live: bool = True
    replay: bool = True
    fixed: str = ""
    names: str = ""


def _move(id: str, name: str, keys: str, *contexts: KeyContext, fixed: str = "", help: str = "") -> Action:  # noqa: A002
    label, sentence = id.replace("-", " "), help or "move between rows or blocks; in a text, scroll"
    return Action(id, name, keys, label, sentence, contexts, footer=False, palette=False, fixed=fixed)


_PAGE = "one page up or down"
_HALF_PAGE = "half a page up or down"
_EDGE = "go to the first or last"
_SCOPE = "previous or next account or Region, if several are followed"
_PANE = "next or previous pane"
_BACK = "back to the previous screen"
_STEP = "one entry of the recording back or forward"
_CHANGE = "previous or next change"
_SPEED = "play faster or slower"
_OPEN = "open an endpoint, a network interface or a block; from a subnet, go to its grid"
_CHOOSE = "add the subnet to the plan, or remove it; tick a step, so that the plan is made as if it were done"
_NUMBERS = "edit what is planned: endpoints with their address type, EKS nodes, prefixes"
_NUMBER = "one more or one less; of a choice, the next word or the one before"
_SORT = "sort by the next column, or reverse the order; a click on a column heading does both"
_RESET_ORDER = "sort as at first, and forget the saved order of the table"
_KEEP_ORDER = "save the filter and the sort order of the table for the next start"
_EXPLAIN = "explain the endpoint: what happened, why, what works, what to do"
_EVERYTHING = "show all subnets and endpoint types of the Region, or only those selected at the start"
_TROUBLE = "list what is wrong or not known in any account and Region, the worst first; enter opens it"
_ENDPOINTS = "list the endpoints of all accounts and Regions, the worst first; enter opens one"
_SUBNETS = "list the subnets of all accounts and Regions, fewest free blocks first; enter goes there"
_OWNERS = "list who breaks the blocks of the subnet: EKS nodes, pods, functions; how many go free with each, and how"
_CHANGES = "list changes: blocks taken and freed, endpoints, subnets; enter goes there"
_PROBLEMS = "list all problems since the start, and what to do about them"
_COPY = "copy the id, CIDR or address under the cursor, an explanation, or a plan's command"
_COPY_MENU = "copy the ARN, the row as JSON, or the command that shows the same"
_EXPORT = "export the screen to a file: JSON, CSV, Markdown or SVG"
_SCOPES = "list the accounts and Regions that are followed, with their status; enter goes there"
_FILTER = "filter by id, name, address, owner, tag, state:failed, free:0, az:a"
_MATCH = "next or previous match"
_GO = "go to an id, address, CIDR, account or Region"
_TREND = "free blocks of the subnet and capacity of its VPC over time, with rate and forecast"
_COMMANDS = "search commands by name: actions, accounts, Regions, themes"
_DEMO = "switch to the demo: an incident on a simulated account, without AWS"
_TOUR_NEXT = "next step of the guided tour"
_TOUR = "start or end the guided tour of the incident"
_SIGN_IN = "sign in if credentials are missing: runs aws sso login, or sign_in of latticetop.toml"

TOUR_SCENARIO = "incident"
"""The default scenario of the demo, which the guided tour explains."""
QUIT = Action("quit", "quit", "q", "quit", "quit latticetop", (APP,), names="q q! qa wq x exit")
ACTIONS = (
    Action("sign-in", "sign_in", "L", "sign in", _SIGN_IN, (APP,), replay=False),
    Action("demo", "demo", "D", "demo", _DEMO, (APP,), replay=False),
    Action("tour-next", "tour_next", ">", "next step", _TOUR_NEXT, (APP,), replay=False),
    Action("tour", "tour", "T", "guided tour", _TOUR, (APP,), footer=False, replay=False),
    Action("tour-end", "tour_end", "escape", "end tour", "end the guided tour", (APP,), replay=False, palette=False),
    Action(
        "refresh", "refresh", "r f5 ctrl+r", "read", "read all data now", (APP,), replay=False, names="refresh reload"
    ),
    Action("pause", "pause", "z", "pause", "pause or resume reading", (APP,), replay=False),
    Action("pause", "pause", "z", "play", "play/pause", (APP,), live=False),
    Action("owners", "owners", "O", "owners", _OWNERS, (APP,), names="who eks nodes pods drain fragmentation"),
    Action("step-back", "step(-1)", ",", "step back", _STEP, (APP,), footer=False, live=False),
    Action("step", "step(1)", ".", "step", _STEP, (APP,), footer=False, live=False),
    Action("previous-change", "change(-1)", "<", "previous change", _CHANGE, (APP,), footer=False, live=False),
    Action("next-change", "change(1)", ">", "next change", _CHANGE, (APP,), footer=False, live=False),
    Action("faster", "speed(1)", "+", "faster", _SPEED, (APP,), footer=False, live=False),
    Action("slower", "speed(-1)", "-", "slower", _SPEED, (APP,), footer=False, live=False),
    Action("start", "start", "^", "start", "go to the start of the recording", (APP,), footer=False, live=False),
    Action("all", "toggle_all", "a", "all", _EVERYTHING, (APP,), replay=False),
    Action("trouble", "trouble", "1", "trouble", _TROUBLE, (APP,), footer=False),
    Action("all-endpoints", "all_endpoints", "2", "all endpoints", _ENDPOINTS, (APP,), footer=False),
    Action("estate", "estate", "o 3 0", "all subnets", _SUBNETS, (APP,), names="subnets subnet sn estate"),
    Action(
        "scopes",
        "scopes",
        "c 4",
        "accounts",
        _SCOPES,
        (APP,),
        replay=False,
        names="accounts account ctx contexts context regions region",
    ),
    Action("changes", "changes", "w", "changes", _CHANGES, (APP,), names="events history log"),
    Action("trend", "trend", "t", "over time", _TREND, (APP,), footer=False, names="trend pulse chart"),
    Action("problems", "problems", "!", "problems", _PROBLEMS, (APP,), footer=False),
    Action("previous-scope", "scope(-1)", "[", "previous account", _SCOPE, (APP,), footer=False, replay=False),
    Action("next-scope", "scope(1)", "]", "next account", _SCOPE, (APP,), replay=False),
    Action("copy", "copy", "y", "copy", _COPY, (APP,)),
    Action("copy-menu", "copy_menu", "Y", "copy more", _COPY_MENU, (APP,), footer=False),
    Action("export", "export", "x", "export", _EXPORT, (APP,)),
    Action("commands", "command_palette", ":", "commands", _COMMANDS, (APP,)),
    Action("go", "go", "J", "go to", _GO, (APP,), names="goto eni interface address instance vpc"),
    Action("help", "help", "? f1", "help", "keys, columns, letters and marks of this screen, with examples", (APP,)),
    QUIT,
    Action("back", "dismiss", "escape", "back", _BACK, (DETAIL,)),
    Action("back-too", "dismiss", "backspace", "back", _BACK, (DETAIL,), footer=False, palette=False),
    Action("back", "dismiss", "escape", "close", "close the help", (HELP,), fixed="? q enter f1"),
    Action("back", "dismiss", "escape", "close", "close the menu", (CHOICE,), fixed="q backspace"),
    Action("next-pane", "app.focus_next", "tab", "pane", _PANE, (MAIN, DETAIL), palette=False),
    Action("previous-pane", "app.focus_previous", "shift+tab", "", _PANE, (MAIN, DETAIL), footer=False, palette=False),
    Action("sort", "sort", "s", "sort", _SORT, (TABLE,), footer=False),
    Action("turn", "turn", "S", "reverse order", _SORT, (TABLE,), footer=False),
    Action("reset-order", "reset_order", "=", "reset order", _RESET_ORDER, (TABLE,), footer=False),
    Action("keep-order", "keep_order", "K", "keep filter and order", _KEEP_ORDER, (TABLE,), footer=False),
    Action("explain", "explain", "e", "explain", _EXPLAIN, (MAIN, ENDPOINT), names="why describe"),
    Action("plan", "plan", "p", "plan", "check whether new endpoints fit before you create them", (MAIN,)),
    Action("resolve-names", "resolve", "R", "resolve names", "resolve the DNS names of the endpoint", (EXPLAIN,)),
    Action("choose", "choose", "space", "choose", _CHOOSE, (PLAN,)),
    Action("choose", "tick", "space", "tick", "tick the owner, or no longer", (OWNERS,)),
    Action("plan", "plan", "p", "what if", "plan as if the ticked owners were gone", (OWNERS,)),
    Action("numbers", "numbers", "i", "numbers", _NUMBERS, (PLAN,)),
    Action("steps", "steps", "F", "fixes", "go to the steps that make it fit", (PLAN,)),
    Action("what-if", "what_if", "f", "what if freed", "simulate freeing this block", (PLAN,)),
    Action("best-subnets", "best", "b", "best subnets", "select the best subnets", (PLAN,)),
    Action("undo-what-if", "undo", "u", "undo", "undo the last simulated step", (PLAN,)),
    Action("copy-terraform", "copy_terraform", "H", "Terraform", "copy the plan as Terraform", (PLAN,)),
    Action("trend-of", "switch", "v", "subnets or VPCs", "switch between subnets and VPCs", (TREND,)),
    Action("clear-filter", "clear_filter", "escape", "show all", "clear the filter", (TABLE,)),
    Action("clear-filter", "clear_filter", "escape", "end search", "clear the search, and its marks", (GRID,)),
    Action("clear-filter", "clear_filters", "escape", "show all", "clear all filters", (MAIN,), palette=False),
    Action("close-grid", "close_grid", "escape", "tables", "back from the block grid to the tables", (MAIN,)),
    Action("filter", "filter", "/", "find", _FILTER, (TABLE, GRID)),
    Action("next-match", "next_match(1)", "n", "next", _MATCH, (TABLE, GRID)),
    Action("previous-match", "next_match(-1)", "N", "previous", _MATCH, (TABLE, GRID), footer=False),
    Action("keep", "accept", "enter", "keep", "accept the input", (PROMPT,), palette=False, fixed="down up"),
    Action("cancel", "cancel", "escape", "cancel", "cancel the input", (PROMPT,), palette=False),
    Action("open", "select_cursor", "enter d", "open", _OPEN, (TABLE,)),
    Action("open", "select_cursor", "enter d", "choose", _CHOOSE, (CHOOSING,), footer=False, palette=False),
    Action("open", "select", "enter d", "open", _OPEN, (GRID, MENU)),
    Action("open", "open", "enter d", "open", _OPEN, (FINDINGS,)),
    Action("filter", "filter_screen", "/", "find", _FILTER, (MAIN, DETAIL), footer=False, palette=False),
    Action("more", "change(1)", "+", "more", _NUMBER, (NUMBER,), footer=False, palette=False, fixed="up"),
    Action("less", "change(-1)", "-", "less", _NUMBER, (NUMBER,), footer=False, palette=False, fixed="down"),
    Action("number-done", "done", "enter", "done", "back to the plan", (NUMBER,), palette=False, fixed="escape"),
    _move("left", "move(-1, 0)", "h", GRID, fixed="left"),
    _move("down", "cursor_down", "j", TABLE, MENU, fixed="down"),
    _move("down", "move(0, 1)", "j", GRID, fixed="down"),
    _move("down", "scroll_text('down')", "j", APP, HELP, fixed="down"),
    _move("up", "cursor_up", "k", TABLE, MENU, fixed="up"),
    _move("up", "move(0, -1)", "k", GRID, fixed="up"),
    _move("up", "scroll_text('up')", "k", APP, HELP, fixed="up"),
    _move("right", "move(1, 0)", "l", GRID, fixed="right"),
    _move("page-up", "page_up", "pageup ctrl+b", TABLE, MENU, help=_PAGE),
    _move("page-up", "page(-1)", "pageup ctrl+b", GRID, help=_PAGE),
    _move("page-up", "scroll_text('page_up')", "pageup ctrl+b", APP, HELP, help=_PAGE),
    _move("page-down", "page_down", "pagedown ctrl+f", TABLE, MENU, help=_PAGE),
    _move("page-down", "page(1)", "pagedown ctrl+f", GRID, help=_PAGE),
    _move("page-down", "scroll_text('page_down')", "pagedown ctrl+f", APP, HELP, help=_PAGE),
    _move("half-page-up", "half_page(-1)", "ctrl+u", TABLE, MENU, GRID, help=_HALF_PAGE),
    _move("half-page-up", "scroll_text('half_page_up')", "ctrl+u", APP, HELP, help=_HALF_PAGE),
    _move("half-page-down", "half_page(1)", "ctrl+d", TABLE, MENU, GRID, help=_HALF_PAGE),
    _move("half-page-down", "scroll_text('half_page_down')", "ctrl+d", APP, HELP, help=_HALF_PAGE),
    _move("first", "scroll_top", "home g", TABLE, help=_EDGE),
    _move("first", "first", "home g", MENU, help=_EDGE),
    _move("first", "edge(False)", "home g", GRID, help=_EDGE),
    _move("first", "scroll_text('first')", "home g", APP, HELP, help=_EDGE),
    _move("last", "scroll_bottom", "end G", TABLE, help=_EDGE),
    _move("last", "last", "end G", MENU, help=_EDGE),
    _move("last", "edge(True)", "end G", GRID, help=_EDGE),
    _move("last", "scroll_text('last')", "end G", APP, HELP, help=_EDGE),
)
"""All actions, in the order of the footer. An id has several entries if its contexts bind it in different ways."""


def actions_in(context: KeyContext, replaying: bool = False) -> Iterator[Action]:
    """Return the actions of a context, for a live account or for a recording."""
    return (a for a in ACTIONS if context in a.contexts and (a.replay if replaying else a.live))


def keys_of(action: Action, key_map: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the keys of an action: those of the key map (by action id), else the default ones; then the fixed ones."""
    return (*key_map.get(action.id, action.keys.split()), *action.fixed.split())
