"""`make chaos-long`: run many schedules on fresh installations and write their table."""

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # `deploy`, which is not installed
sys.path.insert(0, str(Path(__file__).parents[1]))

from chaos.rig import Rig
from chaos.schedule import Outcome, run
from chaos.table import markdown, summary
from support.homes import fresh_home

RENEWED_AFTER = 14  # schedules on one home


def main() -> int:
    """Run the schedules and write the table; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=40)
    parser.add_argument("--rigs", type=int, default=1, help="installations at once (default: 1)")
    parser.add_argument("--seed", type=int, default=int(time.time()) // 60)
    parser.add_argument("--psychexp", type=Path, default=os.environ.get("EMOJIFY_PSYCHEXP"))
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.schedules)
    outcomes: list[Outcome] = []
    arguments.out.mkdir(parents=True, exist_ok=True)

    def run_some(some: Sequence[int]) -> None:
        with fresh_home() as home, Rig(home, arguments.psychexp) as rig:
            for seed in some:
                outcome = run(rig, seed)
                with writing:
                    outcomes.append(outcome)
                    outcomes.sort(key=lambda each: each.seed)
                    print(json.dumps(outcome.as_json()), flush=True)
                    write(arguments, outcomes)

    writing = threading.Lock()
    size = min(RENEWED_AFTER, -(-len(seeds) // arguments.rigs))
    parts = [seeds[at : at + size] for at in range(0, len(seeds), size)]
    with ThreadPoolExecutor(arguments.rigs) as pool:
        list(pool.map(run_some, parts))
    return int(any(outcome.wrong for outcome in outcomes))


def write(arguments: argparse.Namespace, outcomes: Sequence[Outcome]) -> None:
    """Write the table of the schedules so far."""
    report = summary(outcomes, with_psychexp=arguments.psychexp is not None, rigs=arguments.rigs)
    (arguments.out / "chaos.json").write_text(json.dumps(report, indent=1) + "\n")
    (arguments.out / "chaos.md").write_text(markdown(report))


if __name__ == "__main__":
    sys.exit(main())
