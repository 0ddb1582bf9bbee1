"""`make chaos-long`: many schedules on one installation after the other, and their table."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from chaos.rig import Rig
from chaos.schedule import Outcome, run
from chaos.table import markdown, summary
from support.homes import fresh_home

RENEWED_AFTER = 14  # schedules on one home


def main() -> int:
    """Run the schedules; write the table; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=40)
    parser.add_argument("--seed", type=int, default=int(time.time()) // 60)
    parser.add_argument("--psychexp", type=Path, default=os.environ.get("EMOJIFY_PSYCHEXP"))
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    seeds = list(range(arguments.seed, arguments.seed + arguments.schedules))
    outcomes: list[Outcome] = []
    arguments.out.mkdir(parents=True, exist_ok=True)
    while len(outcomes) < len(seeds):
        with fresh_home() as home, Rig(home, arguments.psychexp) as rig:
            for seed in seeds[len(outcomes) :][:RENEWED_AFTER]:
                outcomes.append(run(rig, seed))
                print(json.dumps(outcomes[-1].as_json()), flush=True)
                report = summary(outcomes, with_psychexp=arguments.psychexp is not None)
                (arguments.out / "chaos.json").write_text(json.dumps(report, indent=1) + "\n")
                (arguments.out / "chaos.md").write_text(markdown(report))
    return int(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
