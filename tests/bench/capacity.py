"""`python tests/bench/capacity.py`: from the last bench, what so many predictions a second need.

It writes the table into docs/aws.md, between its two marks. A core is one of the bench's machine,
which ran everything, the client included; it is planned to be busy for 60 % of the time.
"""

import json
import math
from pathlib import Path

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "docs/bench/bench.json"
DOCUMENT = ROOT / "docs/aws.md"
BEGIN, END = "<!-- capacity -->\n", "<!-- /capacity -->\n"

TARGETS = (10, 100, 1_000, 10_000)  # predictions a second
CORES = 2  # of the bench's machine
BUSY = 0.6
LIST = 256  # texts in one request
KIND = "| hosts of 2 | Redis's core is busy "
REDIS_MS = 0.4  # of one core for a single prediction: `make profile`, docs/performance.md


def table() -> str:
    """Return the table, as Markdown."""
    rows = {name: figure for name, figure, _ in json.loads(BENCH.read_text())["rows"]}
    single = rows["HTTP, one text, 16 clients"] / CORES
    listed = rows[f"HTTP, {LIST} texts, 4 clients"] / CORES
    lines = [
        f"| predictions a second | one by one: cores {KIND}| in lists of {LIST}: cores {KIND}|",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for target in TARGETS:
        cells = [f"{target:,}"]
        for rate, tasks in ((single, target), (listed, target / LIST)):
            cores = math.ceil(target / rate / BUSY)
            redis = tasks * REDIS_MS / 10  # percent
            cells += [f"{cores}", f"{math.ceil(cores / 2)}", f"{redis:.1f} %"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Put the table in its place."""
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    DOCUMENT.write_text(head + BEGIN + table() + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
