"""`python tests/bench/capacity.py`: the hosts for a given rate, computed from the last bench.

It writes the table into docs/aws.md, between two marks. A core means one of the bench's machine,
which also ran the clients. The table plans for cores that are busy 60 % of the time.
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
    """Return the table as Markdown."""
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
    """Write the table into the document."""
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    DOCUMENT.write_text(head + BEGIN + table() + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
