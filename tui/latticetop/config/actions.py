"""What a key can do: one entry per action, of which bindings, footer, help, command palette and key map are made."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class KeyContext(Enum):
    """Where an action applies, in the words of the help; a class of the dashboard binds the actions of its place."""

    APP = "everywhere"
    MAIN = "on the main screen"
    DETAIL = "on every further screen"
    ENDPOINT = "on an endpoint"
    EXPLAIN = "on an explanation"
    PLAN = "on a plan"
    TREND = "on the counts over time"
    TABLE = "in a table"
    CHOOSING = "in a table to choose from"
    GRID = "in the grid of blocks"
    HELP = "in the help"
    CHOICE = "with a menu open"
    MENU = "in a menu"
    PROMPT = "in a line to type into"


APP, MAIN, DETAIL, ENDPOINT, EXPLAIN, PLAN, TREND, TABLE, CHOOSING, GRID, HELP, CHOICE, MENU, PROMPT = KeyContext
SCREENS = (ENDPOINT, EXPLAIN, PLAN, TREND)
"""The screens that have actions of their own; each is a DETAIL screen."""


class Action(NamedTuple):
    """One thing that a key does.

    `id` is its name in the key map and stays as it is; `name` is the action string of Textual, `action_…` its method;
    `keys` are the default keys, blanks between, each a character as it is typed or the name of a key; `label` is its
    word in the footer, `help` its sentence. Keys whose help is the same share a line of the help.

    `footer` shows it in the last line, `palette` in the command palette; `live` and `replay` say on what it is of use;
    `fixed` keys do the same and cannot be mapped; a key of `priority` goes before those of the widget at hand.
    """

    id: str
    name: str
    keys: str
    label: str
    help: str
    places: tuple[KeyContext, ...]
    footer: bool = True
    palette: bool = True
    live: bool = True
    replay: bool = True
    fixed: str = ""
    priority: bool = False


def _move(id: str, name: str, keys: str, *places: KeyContext, fixed: str = "", help: str = "") -> Action:  # noqa: A002
    told = help or "move over rows and blocks"
    return Action(id, name, keys, id.replace("-", " "), told, places, footer=False, palette=False, fixed=fixed)


_PAGE = "a page up, or down"
_EDGE = "to the first, or the last"
_SCOPE = "the scope before, or the next, where several accounts or Regions are followed"
_PANE = "to the next or the previous pane"
_BACK = "back to the screen before"
_STEP = "one entry of the recording back, or on"
_CHANGE = "to the change before, or the next"
_SPEED = "play faster, or slower"
_OPEN = "open an endpoint, an interface, a block; from a subnet into its grid"
_CHOOSE = "take the subnet into the plan, or out of it"
_SORT = "sort by the next column, or the other way round; a click on a head does both"
_EXPLAIN = "explain the endpoint: what happened, why, what works, what to do"
_EVERYTHING = "every subnet and every type of endpoint of the Region, or again only what matters here"
_SUBNETS = "every subnet in one list, the tightest first; enter goes there"
_CHANGES = "what changed: blocks taken and freed, endpoints, subnets; enter goes there"
_PROBLEMS = "every problem since the start, and what to do about it"
_COPY = "copy the id, the range or the address under the cursor; an explanation, a plan's command"
_COPY_MENU = "copy more of it: the ARN, the row as JSON, the command that shows the same"
_EXPORT = "write what is on screen to a file: JSON, CSV, Markdown or a picture"
_SCOPES = "every account and Region that is followed, and how each fares; enter goes there"
_FILTER = "find by id, name, address, owner, tag, state:failed, free:0, az:a; the list shows only what matches"
_MATCH = "to the next of what was found, or the one before"
_GO = "go to an id, an address, a range, an account or a Region, in any scope"
_TREND = "free blocks of the subnet and fits of its VPC over time, how fast they go, when they run out"
_COMMANDS = "find a command by its name: what can be done here, scopes, themes"
_DEMO = "leave for the demo: an incident on a simulated account, without AWS"
_TOUR_NEXT = "to the next step of the guided tour"
_TOUR = "begin the guided tour of the incident, or end it"
_SIGN_IN = "sign in, where credentials are missing: leaves to aws sso login, or to the command of latticetop.toml"

GUIDED = "incident"
"""The scenario that the demo plays and the guided tour walks through."""
QUIT = Action("quit", "quit", "q", "quit", "end latticetop", (APP,))
ACTIONS = (
    Action("sign-in", "sign_in", "l", "sign in", _SIGN_IN, (APP,), replay=False, priority=True),
    Action("demo", "demo", "D", "demo", _DEMO, (APP,), replay=False),
    Action("tour-next", "tour_next", "n", "next step", _TOUR_NEXT, (APP,), replay=False, priority=True),
    Action("tour", "tour", "T", "guided tour", _TOUR, (APP,), footer=False, replay=False),
    Action("tour-end", "tour_end", "escape", "end tour", "end the guided tour", (APP,), replay=False, palette=False),
    Action("refresh", "refresh", "r", "read", "read everything now", (APP,), replay=False),
    Action("pause", "pause", "space", "pause", "stop reading, or go on", (APP,), replay=False),
    Action("pause", "pause", "space", "play", "play, or stand still", (APP,), live=False),
    Action("step-back", "step(-1)", ",", "step back", _STEP, (APP,), footer=False, live=False),
    Action("step", "step(1)", ".", "step", _STEP, (APP,), footer=False, live=False),
    Action("previous-change", "change(-1)", "<", "change before", _CHANGE, (APP,), footer=False, live=False),
    Action("next-change", "change(1)", ">", "next change", _CHANGE, (APP,), footer=False, live=False),
    Action("faster", "speed(1)", "+", "faster", _SPEED, (APP,), footer=False, live=False),
    Action("slower", "speed(-1)", "-", "slower", _SPEED, (APP,), footer=False, live=False),
    Action("start", "start", "0", "start", "to the start of the recording", (APP,), footer=False, live=False),
    Action("all", "toggle_all", "a", "all", _EVERYTHING, (APP,), replay=False),
    Action("estate", "estate", "o", "all subnets", _SUBNETS, (APP,)),
    Action("scopes", "scopes", "c", "scopes", _SCOPES, (APP,), replay=False),
    Action("changes", "changes", "w", "changes", _CHANGES, (APP,)),
    Action("trend", "trend", "t", "over time", _TREND, (APP,), footer=False),
    Action("problems", "problems", "!", "problems", _PROBLEMS, (APP,), footer=False),
    Action("previous-scope", "scope(-1)", "[", "scope before", _SCOPE, (APP,), footer=False, replay=False),
    Action("next-scope", "scope(1)", "]", "next scope", _SCOPE, (APP,), replay=False),
    Action("copy", "copy", "y", "copy", _COPY, (APP,)),
    Action("copy-menu", "copy_menu", "Y", "copy more", _COPY_MENU, (APP,), footer=False),
    Action("export", "export", "x", "export", _EXPORT, (APP,)),
    Action("commands", "command_palette", ":", "commands", _COMMANDS, (APP,)),
    Action("go", "go", "g", "go to", _GO, (APP,)),
    Action("help", "help", "?", "help", "what can be done here, what the letters and the verdicts mean", (APP,)),
    QUIT,
    Action("back", "dismiss", "escape", "back", _BACK, (DETAIL,)),
    Action("back-too", "dismiss", "backspace", "back", _BACK, (DETAIL,), footer=False, palette=False),
    Action("back", "dismiss", "escape", "close", "close the help", (HELP,), fixed="? q enter"),
    Action("back", "dismiss", "escape", "close", "close the menu", (CHOICE,), fixed="q backspace"),
    Action("next-pane", "app.focus_next", "tab", "pane", _PANE, (MAIN, DETAIL), palette=False),
    Action("previous-pane", "app.focus_previous", "shift+tab", "", _PANE, (MAIN, DETAIL), footer=False, palette=False),
    Action("sort", "sort", "s", "sort", _SORT, (TABLE,), footer=False),
    Action("turn", "turn", "S", "turn the order", _SORT, (TABLE,), footer=False),
    Action("explain", "explain", "e", "explain", _EXPLAIN, (MAIN, ENDPOINT)),
    Action("plan", "plan", "p", "plan", "what would fit into which subnets, and what if something were gone", (MAIN,)),
    Action("resolve-names", "resolve", "n", "resolve names", "ask for the addresses of its names", (EXPLAIN,)),
    Action("choose", "choose", "space", "choose", _CHOOSE, (PLAN,)),
    Action("what-if", "what_if", "w", "what if gone", "suppose that what holds the block were gone", (PLAN,)),
    Action("best-subnets", "best", "b", "best subnets", "choose the subnets that serve best", (PLAN,)),
    Action("undo-what-if", "undo", "u", "undo", "take back the last that was supposed gone", (PLAN,)),
    Action("copy-terraform", "copy_terraform", "t", "Terraform", "copy the Terraform that would do it", (PLAN,)),
    Action("trend-of", "switch", "v", "subnets or VPCs", "from subnets to VPCs, or back", (TREND,)),
    Action("clear-filter", "clear_filter", "escape", "show all", "show all again, without the filter", (TABLE, GRID)),
    Action("filter", "filter", "/", "find", _FILTER, (TABLE, GRID)),
    Action("next-match", "next_match(1)", "n", "next", _MATCH, (TABLE, GRID)),
    Action("previous-match", "next_match(-1)", "N", "previous", _MATCH, (TABLE, GRID), footer=False),
    Action("keep", "accept", "enter", "keep", "do what was typed", (PROMPT,), palette=False, fixed="down up"),
    Action("cancel", "cancel", "escape", "cancel", "give up what was typed", (PROMPT,), palette=False),
    Action("open", "select_cursor", "enter", "open", _OPEN, (TABLE,)),
    Action("open", "select_cursor", "enter", "choose", _CHOOSE, (CHOOSING,), footer=False, palette=False),
    Action("open", "select", "enter", "open", _OPEN, (GRID,)),
    _move("left", "move(-1, 0)", "h", GRID, fixed="left"),
    _move("down", "cursor_down", "j", TABLE, MENU, fixed="down"),
    _move("down", "move(0, 1)", "j", GRID, fixed="down"),
    _move("up", "cursor_up", "k", TABLE, MENU, fixed="up"),
    _move("up", "move(0, -1)", "k", GRID, fixed="up"),
    _move("right", "move(1, 0)", "l", GRID, fixed="right"),
    _move("page-up", "page_up", "pageup", TABLE, help=_PAGE),
    _move("page-up", "page(-1)", "pageup", GRID, help=_PAGE),
    _move("page-down", "page_down", "pagedown", TABLE, help=_PAGE),
    _move("page-down", "page(1)", "pagedown", GRID, help=_PAGE),
    _move("first", "scroll_top", "home", TABLE, help=_EDGE),
    _move("first", "edge(False)", "home", GRID, help=_EDGE),
    _move("last", "scroll_bottom", "end", TABLE, help=_EDGE),
    _move("last", "edge(True)", "end", GRID, help=_EDGE),
)
"""Every action, in the order of the footer; where two places are bound in different ways, an id has two entries."""


def actions_at(place: KeyContext, replaying: bool = False) -> Iterator[Action]:
    """The actions of a place, live or on a recording."""
    return (each for each in ACTIONS if place in each.places and (each.replay if replaying else each.live))


def keys_of(action: Action, key_map: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The keys in force: those of the key map (by id), else the default ones; and those that cannot be mapped."""
    return (*key_map.get(action.id, action.keys.split()), *action.fixed.split())
