"""The searchable text of ENIs, and how long it is kept."""

from __future__ import annotations

import gc

from msgspec import structs

from latticetop.dashboard.find.interface_texts import InterfaceText, InterfaceTexts
from latticetop.model.records.resources import Tag
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import A, eni, subnet


def reading() -> SubnetReading:
    named = structs.replace(eni("eni-1", A, "10.0.0.5"), instance_id="i-0A", tags=(Tag("Name", "Web"),), name="Web")
    described = eni("eni-2", A, "10.0.0.6", description="Primary", instance_id="i-0A")
    return SubnetReading(subnet(A, "10.0.0.0/26"), (named, described))


def test_the_text_is_in_lower_case_with_each_owner_once() -> None:
    texts, one = InterfaceTexts(), reading()
    assert texts.get(one) == InterfaceText()
    assert texts.unloaded([one]) == [one]
    texts.load([one])
    assert texts.get(one) == InterfaceText("eni-1  i-0a web\neni-2 primary i-0a ", "i-0a")
    assert texts.unloaded([one]) == []


def test_an_equal_reading_has_a_text_of_its_own() -> None:
    texts, one, other = InterfaceTexts(), reading(), reading()
    texts.load([one])
    assert one == other and texts.unloaded([other]) == [other]


def test_the_text_is_dropped_with_its_reading() -> None:
    texts, one = InterfaceTexts(), reading()
    texts.load([one])
    assert len(texts) == 1
    del one
    gc.collect()
    assert len(texts) == 0
