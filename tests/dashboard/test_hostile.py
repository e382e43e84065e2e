"""Text from AWS that means to be markup, a control sequence or too wide: shown as letters, or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from msgspec import structs
from rich.cells import cell_len

from latticetop.dashboard.overviews.tabs import LISTS
from latticetop.model.records.lattice import Lattice, ServiceAssociation, ServiceNetwork
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.resources import Association, Tag
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.dashboard.accounts import A, account, endpoint, eni, reservation, subnet
from tests.dashboard.stage import Stage, showing

OWN_LINKS = {f"app.{action}" for _, _, action in LISTS}
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
EVIL = {
    "markup": "[bold red]prod[/] [/bold] [@click=app.quit]x[/] [link=file:///etc/passwd]y[/link] \\[z]",
    "controls": "a\x1b[2J\x1b]0;pwned\x07\x1b]52;c;cm0=\x1b\\b\r\n\t\x08\x7fc\x00 d\x9b2J\x9d0;e\x9cf\x90q\x85g\ud800h",
    "directions": "a\u202egnp.exe\u202c\u2066b\u2069\u200b\u200d\ufeff\u2028\u2029c",
    "long": "n" * 256,
    "wide": "東京リージョンの運用本番環境" * 6 + "e\u0301\u0301\u0301" * 40,
}


def hostile(text: str) -> Snapshot:
    """An account in which everything AWS says is this text."""
    ids = {kind: f"{kind}-{text}" for kind in ("vpce", "subnet", "eni", "asc")}
    tags = (Tag("Name", text), Tag(text, text))
    more: Mapping[str, Any] = {"vpc_id": text}
    shown = subnet(ids["subnet"], "10.10.10.0/26", 40, name=text, availability_zone=text, tags=tags, **more)
    failed = endpoint(
        ids["vpce"], "Failed", [ids["subnet"]], service_network_arn=f"arn:{text}/{text}", name=text, tags=tags,
        failure_reason=text, last_error_code=text, last_error_message=text, network_interface_ids=(ids["eni"],), **more,
    )  # fmt: skip
    odd = endpoint(f"vpce-2{text}", text, vpc_endpoint_type=text, service_name=text, **more)
    holder = eni(
        ids["eni"], ids["subnet"], "10.10.10.36", prefixes=["10.10.10.16/28"], description=f"ELB {text}", status=text,
        interface_type=text, operator=text, tags=tags, instance_id=text, owner_id=text,
    )  # fmt: skip
    association = Association(ids["asc"], ids["vpce"], text, text, text, text, text, text, text, text, text)
    reserved = structs.replace(reservation(ids["subnet"], "10.10.10.48/28", "prefix"), description=text)
    problem = Problem(ProblemKind.ACCESS_DENIED, text, text, text)
    scope = Scope(text, text, text)
    reading = SubnetReading(shown, (holder,), (reserved,))
    return account([reading], [failed, odd], [association], problems=[problem], scope=scope)


@cache
def acted_upon(text: str) -> list[str]:
    """The code points that a terminal would act upon."""
    return [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in UNSEEN]


def check(stage: Stage) -> None:
    """Every line is as wide as the screen and has nothing in it that a terminal would act upon."""
    strips = stage.app.screen._compositor.render_strips()
    width, height = stage.app.size
    assert len(strips) == height
    for strip in strips:
        text = "".join(segment.text for segment in strip)
        assert not [segment for segment in strip if segment.control]
        assert not acted_upon(text), (acted_upon(text), text)
        assert cell_len(text) == strip.cell_length == width, text
        for segment in strip:
            if segment.style:
                assert not segment.style.link
                assert segment.style.meta.get("@click") in (None, *OWN_LINKS)


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_no_text_reaches_the_terminal_as_more_than_text(name: str, size: tuple[int, int]) -> None:
    text = EVIL[name]
    snapshot = hostile(text)
    async with showing(snapshot, size=size, title=text) as stage:
        stage.source.answer = {
            text: text,
            "Description": text,
            "TagSet": [{"Key": text, "Value": text}],
            "Groups": [text],
        }
        check(stage)
        await stage.press("down")
        check(stage)
        await stage.press("up", "enter")
        assert stage.screen_name == "EndpointScreen"
        check(stage)
        await stage.press("enter")
        await stage.until(lambda: "as AWS says now" in stage.text)
        check(stage)
        await stage.press("escape", "tab", "enter")
        assert stage.screen_name == "AttributesScreen"
        check(stage)
        await stage.press("escape", "escape")
        assert stage.screen_name == "MainScreen"
        stage.grid.focus()
        await stage.press("enter")
        assert stage.screen_name == "BlockScreen"
        check(stage)
        await stage.press("escape", "O")
        assert stage.screen_name == "OwnersScreen"
        check(stage)
        await stage.press("space", "enter")
        check(stage)
        assert stage.app.is_running


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_log_and_the_problems_show_text_only(name: str, size: tuple[int, int]) -> None:
    text = EVIL[name]
    whole = hostile(text)
    bare = {key: structs.replace(reading, interfaces=()) for key, reading in whole.subnets.items()}
    fine = {key: structs.replace(each, state="Available") for key, each in whole.endpoints.items()}
    before = structs.replace(whole, subnets=bare, endpoints=fine, associations={})
    async with showing(before, size=size, title=text, notify_by="desktop") as stage:
        await stage.show(whole)
        await stage.press("w")
        assert len(stage.app.current_scope.change_log.events) >= 5
        for _ in stage.app.current_scope.change_log.events:
            check(stage)
            await stage.press("down")
        await stage.press("exclamation_mark")
        assert stage.screen_name == "ProblemsScreen"
        check(stage)


async def test_markup_is_shown_to_the_letter() -> None:
    snapshot = account([SubnetReading(subnet(A, "10.10.10.0/26", 59, name="[bold]x[/bold]"))])
    async with showing(snapshot, title="[red]t[/red]") as stage:
        assert "[bold]x[/bold]" in stage.pane("#subnets")
        assert "[bold]x[/bold]" in stage.pane("#blocks").splitlines()[0]
        assert "[red]t[/red]" in stage.lines[0]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_long_names_leave_the_figures_and_the_age_where_they_are(size: tuple[int, int]) -> None:
    name = "n" * 254 + "-a"
    reading = SubnetReading(subnet(A, "10.10.10.0/26", 59, name=name))
    failed = endpoint("vpce-00000000000000001", "Failed", service_network_arn=f"arn:x/{name}")
    async with showing(account([reading], [failed]), size=size, title=name) as stage:
        assert "● live" in stage.lines[0]
        row = next(line for line in stage.pane("#subnets").splitlines() if "10.10.10.0/26" in line)
        assert "…" in row and "-a " in row and " 2" in row
        if size[0] > 100:
            assert "us-east-1a" in stage.pane("#blocks").splitlines()[0]
            assert "-a" in stage.line("vpce-0000…0001").split("│")[1]


async def test_wide_names_are_cut_by_their_width() -> None:
    owner = "東京" * 20
    holder = eni("eni-1", A, "10.10.10.7", prefixes=["10.10.10.16/28"], description=f"ELB {owner}")
    reading = SubnetReading(subnet(A, "10.10.10.0/26", 43, name=owner), (holder,))
    async with showing(account([reading])) as stage:
        check(stage)
        assert "東京" in stage.pane_words("#blocks")
        assert "…" in stage.line("10.10.10.0/26")


async def test_what_aws_names_twice_is_one_row() -> None:
    network = ServiceNetwork("arn:x/sn-1", services=tuple(ServiceAssociation("snsa-1", "ACTIVE") for _ in "ab"))
    failed = endpoint("vpce-00000000000000001", "Failed", service_network_arn="arn:x/sn-1")
    snapshot = account([SubnetReading(subnet(A, "10.10.10.0/26", 59))], [failed])
    both = structs.replace(snapshot, lattice=Lattice({"arn:x/sn-1": network}))
    async with showing(both) as stage:
        await stage.press("enter")
        assert stage.screen_name == "EndpointScreen"
        check(stage)
