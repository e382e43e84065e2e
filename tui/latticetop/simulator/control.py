"""The URL path that changes the account while the simulator runs, one command on each line.

GET returns the settings as commands; PUT and POST run the commands in the body, in order, up to the first error, and
return the id that each one created or changed. `latticetop simulate --list` names the settings, ``OWNER_FORMS`` the
owners.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latticetop.simulator.endpoint_states import set_endpoint_state
from latticetop.simulator.errors import ApiError
from latticetop.simulator.scenarios.eks_nodes import add_leaked_interface
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.interface_owners import OWNER_FORMS
from latticetop.simulator.settings import apply_setting, setting_values
from latticetop.simulator.state_changes import hide_interface, leave_behind, share_vpc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from aiohttp import web

    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.region import SimulatedRegion

ACCOUNT_PATH = "/_simulator/account"
VPC_CNI = "vpc_cni"
"""The owner of the leftovers of the VPC CNI, beside those in ``OWNER_FORMS``."""
ACCOUNT_STATES = ("ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED")
_TRUST = {"refuses-roles": True, "trusts-roles": False}
"""Whether roles of an account of the organization can be assumed."""


@dataclass(frozen=True, slots=True)
class ControlCommand:
    """A command: its parameters as text, of which the last ones are optional, and the function that runs it."""

    usage: str
    run: Callable[[SimulatedAccount, list[str]], str]

    @property
    def argument_counts(self) -> range:
        """The numbers of arguments that the command takes."""
        required = [part for part in self.usage.split() if not part.startswith("[")]
        return range(len(required), len(self.usage.split()) + 1)


def run_commands(account: SimulatedAccount, text: str) -> Iterator[str]:
    """Run commands, and yield the id that each one created or changed; ``ValueError`` for an invalid one."""
    for line in text.splitlines():
        name, *arguments = shlex.split(line, comments=True) or [""]
        if not name:
            continue
        command = COMMANDS.get(name)
        if command is None:
            raise ValueError(f"There is no command '{name}'. Commands: {', '.join(COMMANDS)}.")
        if len(arguments) not in command.argument_counts:
            raise ValueError(f"'{line}' is not a command: write {name} {command.usage}.")
        try:
            yield command.run(account, arguments)
        except ApiError as error:
            raise ValueError(error.message) from None


def account_handler(account: SimulatedAccount) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The request handler of ``ACCOUNT_PATH``."""
    from aiohttp import web

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method not in ("PUT", "POST"):
            lines = [f"set {name} {value}" for name, value in setting_values(account.world).items()]
            return web.Response(text="".join(f"{line}\n" for line in lines))
        results: list[str] = []
        try:
            results += run_commands(account, await request.text())
        except ValueError as error:
            return web.Response(status=400, text=f"{error}\n")
        return web.Response(text="".join(f"{result}\n" for result in results))

    return handle


def _set(account: SimulatedAccount, arguments: list[str]) -> str:
    name, value = arguments
    apply_setting(account.world, name, value)
    return name


def _state(account: SimulatedAccount, arguments: list[str]) -> str:
    endpoint_id, state = arguments[:2]
    reason = arguments[2] if len(arguments) > 2 else None
    return set_endpoint_state(_region_with(account, endpoint_id), endpoint_id, state, failure_reason=reason).id


def _interface(account: SimulatedAccount, arguments: list[str]) -> str:
    return _add_owned(account, arguments, is_leftover=False)


def _leftover(account: SimulatedAccount, arguments: list[str]) -> str:
    return _add_owned(account, arguments, is_leftover=True)


def _add_owned(account: SimulatedAccount, arguments: list[str], *, is_leftover: bool) -> str:
    subnet_id, owner = arguments[:2]
    address = arguments[2] if len(arguments) > 2 else None
    region = _region_with(account, subnet_id)
    subnet = region.subnet(subnet_id)
    if owner == VPC_CNI and is_leftover:
        return add_leaked_interface(region, subnet, "example", address).id
    if owner not in OWNER_FORMS:
        raise ValueError(f"There is no owner '{owner}'. Owners: {', '.join(OWNER_FORMS)}.")
    return InterfaceFactory(region).owned(subnet, owner, address=address, is_leftover=is_leftover).id


def _detach(account: SimulatedAccount, arguments: list[str]) -> str:
    return leave_behind(_region_with(account, arguments[0]), arguments[0]).id


def _hide(account: SimulatedAccount, arguments: list[str]) -> str:
    return hide_interface(_region_with(account, arguments[0]), *arguments).id


def _share(account: SimulatedAccount, arguments: list[str]) -> str:
    vpc_id, owner_id = arguments
    return share_vpc(_region_with(account, vpc_id), vpc_id, owner_id).id


def _account(account: SimulatedAccount, arguments: list[str]) -> str:
    account_id, state = arguments
    member = account.organization.members.get(account_id) if account.organization else None
    if member is None:
        raise ValueError(f"There is no account {account_id} in the organization.")
    if state in _TRUST:
        member.refuses_roles = _TRUST[state]
    elif state in ACCOUNT_STATES:
        member.state = state
    else:
        raise ValueError(f"'{state}' is not a state: write {', '.join((*ACCOUNT_STATES, *_TRUST))}.")
    return account_id


def _region_with(account: SimulatedAccount, resource_id: str) -> SimulatedRegion:
    """The Region of a resource, or the home Region, which then says that it does not exist."""
    for region in account.regions.values():
        if any(
            resource_id in resources for resources in (region.endpoints, region.subnets, region.interfaces, region.vpcs)
        ):
            return region
    return account.region()


COMMANDS = {
    "account": ControlCommand("ACCOUNT_ID STATE", _account),
    "set": ControlCommand("SETTING VALUE", _set),
    "state": ControlCommand("ENDPOINT_ID STATE [REASON]", _state),
    "interface": ControlCommand("SUBNET_ID OWNER [ADDRESS]", _interface),
    "leftover": ControlCommand("SUBNET_ID OWNER [ADDRESS]", _leftover),
    "detach": ControlCommand("INTERFACE_ID", _detach),
    "hide": ControlCommand("INTERFACE_ID [PRINCIPAL]", _hide),
    "share": ControlCommand("VPC_ID ACCOUNT_ID", _share),
}
