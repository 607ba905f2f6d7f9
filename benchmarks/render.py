"""Times our render of eight reports against a plain loop of papermill and nbconvert commands.

Run it with the project's Python: `.venv/bin/python benchmarks/render.py`. Both sides execute the
same notebook with the same eight provinces; the loop makes one HTML page a report with nbconvert's
own template, ours makes both languages, CSV files and records. Rounds alternate, so that a machine
whose speed drifts doesn't favour one side; the ratio is taken round by round.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PLACES = ("Aceh", "Riau", "Lampung", "DKI Jakarta", "Jawa Barat", "Bali", "Maluku", "Papua")
ROUNDS = 3


def ours(folder: Path) -> None:
    names = [place.lower().replace(" ", "-") for place in PLACES]
    run([BIN / "cakupan", "render", *names, "--outputs", folder])
    pages = list(folder.glob("*/*/coverage.html"))
    assert len(pages) == 2 * len(PLACES), pages


def plain_loop(folder: Path) -> None:
    for place in PLACES:
        executed = folder / f"{place}.ipynb"
        run(
            [
                BIN / "papermill",
                "--cwd",
                "notebooks",
                "notebooks/coverage.ipynb",
                executed,
                "-p",
                "province",
                place,
            ]
        )
        run([BIN / "jupyter", "nbconvert", "--to", "html", executed])
    assert len(list(folder.glob("*.html"))) == len(PLACES)


def run(command: list) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True, capture_output=True)


def seconds(side) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        side(Path(folder))
        return time.perf_counter() - start


def main() -> None:
    ratios = []
    for number in range(1, ROUNDS + 1):
        mine, peer = seconds(ours), seconds(plain_loop)
        ratios.append(peer / mine)
        print(
            f"round {number}: ours {mine:.1f} s, papermill + nbconvert {peer:.1f} s, ratio {ratios[-1]:.1f}",
            flush=True,
        )
    print(f"{len(PLACES)} reports: {statistics.median(ratios):.1f} times as fast (median of {ROUNDS} rounds)")


if __name__ == "__main__":
    main()
