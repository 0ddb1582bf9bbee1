"""Parts that all pages of the benchmarks share: date, machine and files."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OUT = Path("docs/bench")


def taken_on() -> str:
    """Return the date and the machine; its load shows how busy it was."""
    return (
        f"{datetime.now(UTC).isoformat(timespec='minutes')}, {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def write(folder: Path, name: str, figures: dict[str, Any], page: list[str]) -> None:
    """Write the figures and their page; print the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    (folder / f"{name}.md").write_text("\n".join(page) + "\n")
    print("\n".join(page))
