"""Mutate what others write for hours: `python -m tests.fuzz --for 3600`. Exit code 1 if an example failed."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.table import say
from tests.fuzz.example import read_example
from tests.fuzz.targets import NAMES, open_target
from tests.fuzz.worker import CURRENT, EXAMPLE_SECONDS, Limits, prepare_environment, read_many, read_within

_TURN_SECONDS = 60.0
"""Seconds that a process reads examples of one target, before it is the turn of the next."""
_MOST_FINDINGS = 20
"""Failed examples after which the command ends: most are the same fault."""


class Turn(NamedTuple):
    """What one process did: the examples it read, its peak of memory in bytes, and what ended it, if anything did."""

    examples: int
    memory: int
    failure: str = ""


def main() -> int:
    """Run the command."""
    options = _options()
    if options.replay:
        return _replay(options.replay)
    if options.worker:
        prepare_environment()
        (name,) = options.target
        with open_target(name) as target:
            read_many(name, target, options.seed, options.worker, options.seconds, options.examples)
        return 0
    totals: dict[str, list[Turn]] = defaultdict(list)
    for name, turn in _turns(options):
        totals[name].append(turn)
        if sum(bool(turn.failure) for turns in totals.values() for turn in turns) >= _MOST_FINDINGS:
            break
    say("| target | examples | findings | peak of memory |\n|---|--:|--:|--:|")
    for name, turns in totals.items():
        examples, findings = sum(turn.examples for turn in turns), sum(bool(turn.failure) for turn in turns)
        say(f"| {name} | {examples:,} | {findings} | {max(turn.memory for turn in turns) >> 20} MiB |")
    return int(any(turn.failure for turns in totals.values() for turn in turns))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--for", dest="seconds", type=float, default=3600.0, help="seconds; default: an hour")
    parser.add_argument("--examples", type=int, default=sys.maxsize, metavar="N", help="at most N of each target")
    parser.add_argument(
        "--target", nargs="+", choices=NAMES, default=list(NAMES), metavar="NAME", help=", ".join(NAMES)
    )
    parser.add_argument("--seed", type=int, default=0, help="other examples; the same seed has the same ones")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read one failed example again")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _turns(options: argparse.Namespace) -> Iterator[tuple[str, Turn]]:
    """Let processes take turns, one target after the other, until the time is over or each has read its examples."""
    end = time.monotonic() + options.seconds
    for number in count():
        for name in options.target:
            seconds = min(_TURN_SECONDS, end - time.monotonic(), options.seconds / len(options.target))
            if seconds <= 0:
                return
            seed = options.seed + number
            done = turn(name, seed, seconds, options.examples)
            if done.failure:
                say(f"{name}, seed {seed}: {done.failure}")
            yield name, done
        if options.examples < sys.maxsize:
            return


def turn(name: str, seed: int, seconds: float, examples: int) -> Turn:
    """Let a process read examples of a target, at most so many seconds and examples."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.fuzz", "--worker", folder, "--target", name]
        command += ["--seed", str(seed), "--for", str(seconds), "--examples", str(examples)]
        limit = seconds + 5 * EXAMPLE_SECONDS
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return Turn(0, 0, f"the process did not end within {limit:g} s. {_keep(Path(folder), name, seed)}")
        if ended.returncode == 0:
            return Turn(**json.loads(ended.stdout.splitlines()[-1]))
        return Turn(0, 0, f"{ended.stderr.strip()[-1_500:]}\n{_keep(Path(folder), name, seed)}")


def _keep(folder: Path, name: str, seed: int) -> str:
    """Keep the example that was being read, and say how it is read again."""
    current = folder / CURRENT
    if not current.exists():
        return "No example was read."
    kept = Path(tempfile.gettempdir()) / f"latticetop-fuzz-{name}-{seed}.example"
    kept.write_bytes(current.read_bytes())
    return f"Replay it: python -m tests.fuzz --replay {kept}"


def _replay(path: Path) -> int:
    """Read an example again; its error is raised."""
    prepare_environment()
    example = read_example(path)
    say(repr(example))
    with open_target(example.target) as target:
        read_within(Limits(), target.run, example)
    say("It was read, or refused, as it should be.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
