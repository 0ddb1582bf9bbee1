"""Resolve requirements/*.txt from pyproject.toml: every platform, hashes, no index addresses.

`dev` holds everything and is resolved first; the others are cut from it, so that each process
of the stack runs the versions the tests ran. `aws` holds tools that run beside the project.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path("requirements")
EXTRAS = {
    "dev": ["web", "predict", "learn", "train", "cli", "postgres", "s3", "run", "dev"],
    "run": ["web", "predict", "learn", "cli", "run"],
    "web": ["web", "postgres", "s3"],
    "predict": ["predict", "postgres", "s3"],
    "flower": ["flower"],
    "train": ["predict", "learn", "cli", "postgres", "s3"],
    "s3": ["s3"],  # beside any of the others, where files are kept in an object store
}


def main() -> int:
    """Write the files; arguments are passed on to uv (for example `--upgrade`)."""
    for name, extras in EXTRAS.items():
        what = ["pyproject.toml", *(f"--extra={extra}" for extra in extras)]
        if name != "dev":
            what += ["--constraint", str(FOLDER / "dev.txt")]
        resolve(name, what)
    resolve("aws", ["--group=aws"])
    return 0


def resolve(name: str, what: list[str]) -> None:
    """Write one file of requirements."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", *what),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"),
        *("--output-file", str(FOLDER / f"{name}.txt"), "--quiet", *sys.argv[1:]),
    ]
    subprocess.run(command, check=True)  # noqa: S603  (our own arguments)


if __name__ == "__main__":
    sys.exit(main())
