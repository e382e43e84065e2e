"""A finding with its evidence as wrapped lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.text import clean
from latticetop.reports.text_wrap import hang

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.endpoints.findings import Evidence, Finding

LABEL_WIDTH = 11


def finding_lines(finding: Finding, width: int) -> Iterator[str]:
    """Yield the label and the sentence of a finding, then its evidence below the sentence."""
    full_stop = "" if finding.tone is Tone.ADVICE else "."
    yield from hang(f"  {finding.label:<{LABEL_WIDTH}}", clean(finding.sentence) + full_stop, width)
    yield from evidence_lines(finding.evidence, width, " " * (LABEL_WIDTH + 2))


def evidence_lines(evidence: Sequence[Evidence], width: int, indent: str) -> Iterator[str]:
    """Yield the lines of evidence with their terms and letters in columns."""
    term_width = max((len(line.term) for line in evidence), default=0)
    for line in evidence:
        letter = f"{line.letter} " if line.letter else ""
        term = f"{clean(line.term):<{term_width}}  {letter}" if line.term else ""
        yield from hang(indent + term, clean(line.text), width, min_body=20)
