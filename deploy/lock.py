"""Resolve requirements/*.txt from pyproject.toml: every platform, hashes, no index addresses.

`dev` holds everything and is resolved first; the others are cut from it, so that each process
of the stack runs the versions the tests ran.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path("requirements")
EXTRAS = {
    "dev": ["web", "predict", "learn", "train", "cli", "postgres", "run", "dev"],
    "run": ["web", "predict", "learn", "cli", "run"],
    "web": ["web", "postgres"],
    "predict": ["predict", "postgres"],
    "flower": ["flower"],
    "train": ["predict", "learn", "cli", "postgres"],
    "s3": ["s3"],  # beside any of the others, where files are kept in an object store
}


def main() -> int:
    """Write the files; arguments are passed on to uv (for example `--upgrade`)."""
    for name, extras in EXTRAS.items():
        command = [
            *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml"),
            *("--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"),
            *(f"--extra={extra}" for extra in extras),
            *("--output-file", str(FOLDER / f"{name}.txt"), "--quiet"),
            *sys.argv[1:],
        ]
        if name != "dev":
            command += ["--constraint", str(FOLDER / "dev.txt")]
        subprocess.run(command, check=True)  # noqa: S603  (our own arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
