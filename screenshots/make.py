"""Draw the pictures of this folder: `python -m screenshots.make`, or some: `python -m screenshots.make trend film`.

The real app is driven on the simulator, whose time stands still, so the pictures do not differ from run to run. Where
chromium is at hand, `web.png` is drawn too, and as PNG the pictures that pages show.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from screenshots import web
from screenshots.stories import STORIES
from screenshots.studio import DEADLINE, forget_terminal

HERE = Path(__file__).parent
AS_PNG = ("incident", "eks")


def keep(name: str, svg: str) -> None:
    """Write a picture into this folder."""
    path = HERE / f"{name}.svg"
    path.write_text(svg, encoding="utf-8")
    sys.stdout.write(f"{path.name}\n")
    if name in AS_PNG and (browser := shutil.which("chromium")):
        draw_png(browser, path)


def draw_png(browser: str, svg: Path) -> None:
    """Let a browser draw a picture, as large as the SVG says."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        drawn = svg.read_text(encoding="utf-8").replace("Fira Code", "Fira Code, DejaVu Sans Mono")
        page.write_text(
            f"<meta charset='utf-8'><body style='margin:0;background:#11171d'>{drawn}</body>", encoding="utf-8"
        )
        quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1482,928", *quiet)
        target = f"--screenshot={svg.with_suffix('.png')}"
        command = [browser, *options, f"--user-data-dir={folder}/profile", target, page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE)
    sys.stdout.write(f"{svg.with_suffix('.png').name}\n")


def main(selected: set[str]) -> None:
    """Draw them all, or the stories that hold what is wanted."""
    forget_terminal()
    for draw, names in STORIES.items():
        if not selected or selected.intersection(names):
            asyncio.run(draw(keep))
    if (not selected or "web" in selected) and shutil.which("chromium"):
        web.main()


if __name__ == "__main__":
    main(set(sys.argv[1:]))
