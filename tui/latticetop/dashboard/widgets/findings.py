"""Findings as rich text: a label, a sentence, and the evidence below."""

from __future__ import annotations

from enum import IntEnum
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import structs
from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from latticetop.dashboard.text.format import cut_text
from latticetop.dashboard.widgets.beside import Beside
from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from rich.style import Style

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.endpoints.findings import Evidence, Finding, FixStep

TONES = {Tone.GOOD: "good", Tone.BAD: "bad", Tone.NOTE: "warn", Tone.ADVICE: "advice"}
LABEL_WIDTH = 11
NARROW_WIDTH, NARROW_BRIEF_WIDTH, INDENT = 50, 66, 2
"""Below so many columns (if brief, the second number) the sentence goes on below its label, the evidence indented."""
LEAST_TEXT = 12
"""Columns that there have to be for the text beside a block."""
WHOLE_IDS_WIDTH = 80
"""From so many columns on ids are whole."""


class Detail(IntEnum):
    """How much is shown of an assessment, from all of it to what fits on a small screen."""

    FULL = 0
    """All findings with their evidence, and blank lines between."""
    DENSE = 1
    """Without blank lines."""
    BRIEF = 2
    """Of the evidence only that of what is wrong, and of the blocks only those that are emphasized."""
    WRONG = 3
    """Only what is wrong, with its evidence, and how to fix it."""
    ESSENTIAL = 4
    """The same without evidence that names its subject, unless it is emphasized."""
    LEAST = 5
    """The same, with one line for each step, unless there is room for more."""


def render_assessment(
    assessment: Assessment, palette: Palette, width: int, detail: Detail = Detail.FULL, whole_steps: int = 0
) -> RenderableType:
    """The headline and the findings of an endpoint; `whole_steps` is how many steps `LEAST` does not cut."""
    parts: list[RenderableType] = [Text(clean(assessment.headline), palette["strong"])]
    for finding in assessment.findings:
        if detail >= Detail.WRONG and finding.tone not in (Tone.BAD, Tone.ADVICE):
            continue
        if detail is Detail.FULL:
            parts.append(Text())
        parts.append(draw_finding(_shortened(finding, detail), palette, width, detail, whole_steps))
    return Group(*parts)


def _shortened(finding: Finding, detail: Detail) -> Finding:
    """The finding without the evidence that is least needed."""
    if detail < Detail.BRIEF:
        return finding
    evidence = finding.evidence if finding.tone is Tone.BAD else ()
    least = detail >= Detail.ESSENTIAL
    kept = tuple(line for line in evidence if line.strong or not (line.term if least else line.letter))
    return structs.replace(finding, evidence=kept)


def draw_finding(
    finding: Finding, palette: Palette, width: int, detail: Detail = Detail.FULL, whole_steps: int = 0
) -> RenderableType:
    """A finding: its label, its sentence or its steps, and its evidence; see `render_assessment`."""
    narrow = width < (NARROW_BRIEF_WIDTH if detail >= Detail.BRIEF else NARROW_WIDTH)
    whole_ids = width >= WHOLE_IDS_WIDTH
    label = Text(finding.label, palette[TONES[finding.tone]])
    if finding.steps:
        label_width = label.cell_len + 1 if narrow else LABEL_WIDTH
        whole_steps = whole_steps if detail is Detail.LEAST else len(finding.steps)
        steps = _steps(finding.steps, palette, whole_ids, width - label_width, whole_steps)
        return Beside(label, steps, label_width)
    sentence = Text(_with_ids(finding.sentence, whole_ids), palette["text"])
    evidence: list[RenderableType] = []
    if finding.evidence:
        body_width = width - (INDENT if narrow else LABEL_WIDTH)
        evidence.append(_evidence(finding.evidence, palette, narrow, whole_ids, body_width))
    if narrow:
        beside = Text.assemble(label, "  ", sentence)
        return Group(beside, *(Padding(part, (0, 0, 0, INDENT)) for part in evidence))
    return Beside(label, Group(sentence, *evidence), LABEL_WIDTH)


def _with_ids(text: str, whole: bool) -> str:
    return clean(text) if whole else shorten_ids(clean(text))


def _steps(
    steps: tuple[FixStep, ...], palette: Palette, whole_ids: bool, width: int, whole_steps: int
) -> RenderableType:
    """The steps in their order, numbered if there are several, with what each frees; after the whole ones, cut ones."""
    ordered = [step for step in steps if not step.instead]
    marks = [str(number) if len(ordered) > 1 else "" for number in range(1, len(ordered) + 1)]
    marks += ["or"] * (len(steps) - len(ordered))
    mark_width = max(map(len, marks))
    lines: list[RenderableType] = []
    ordered += [step for step in steps if step.instead]
    for index, (mark, step) in enumerate(zip(marks, ordered, strict=True)):
        text = Text(_with_ids(step.action, whole_ids), palette["text"])
        if step.effect:
            text.append(f" → {_with_ids(step.effect, whole_ids)}", palette["good"])
        text = text if index < whole_steps else cut_text(text, width - mark_width - 1)
        lines.append(Beside(Text(mark, palette["advice"]), text, mark_width + 1 if mark_width else 0))
    return Group(*lines)


def _evidence(
    evidence: tuple[Evidence, ...], palette: Palette, narrow: bool, whole_ids: bool, width: int
) -> RenderableType:
    """The lines of evidence: a text beside its term, or below it where it would be squeezed."""
    parts: list[RenderableType] = []
    for kind, group in groupby(evidence, key=_kind):
        lines = list(group)
        texts = [Text(_with_ids(line.text, whole_ids), _style(line, palette)) for line in lines]
        if kind == "text":
            parts += texts
            continue
        terms = _terms(lines, palette, narrow)
        beside = max(term.cell_len for term in terms) + 1
        if any(beside + min(text.cell_len, LEAST_TEXT if kind == "block" else width) > width for text in texts):
            parts += [part for pair in zip(terms, map(_indented, texts), strict=True) for part in pair]
        else:
            parts += [Beside(term, text, beside) for term, text in zip(terms, texts, strict=True)]
    return Group(*parts)


def _kind(line: Evidence) -> str:
    return "block" if line.letter else "term" if line.term else "text"


def _style(line: Evidence, palette: Palette) -> Style:
    return palette["text" if line.strong else "dim"]


def _terms(lines: list[Evidence], palette: Palette, narrow: bool) -> list[Text]:
    """The terms, those of blocks with their letters in a column of its own."""
    terms = [shorten_ids(clean(line.term)) if narrow else clean(line.term) for line in lines]
    width = max(map(cell_len, terms)) + 1
    return [
        Text.assemble(
            (set_cell_size(term, width) if line.letter else term, _style(line, palette)),
            (line.letter, palette.block(line.letter) if line.letter else ""),
            no_wrap=True,
        )
        for term, line in zip(terms, lines, strict=True)
    ]


def _indented(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, INDENT))
