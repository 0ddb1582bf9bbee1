"""Resolve requirements/*.txt from pyproject.toml: every platform, hashes, no index addresses.

`dev` holds everything and is resolved first. It constrains the others, so that each process runs
the versions that the tests ran. `aws` and `peers` hold tools that run beside
the project.
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
    "s3": ["s3"],  # in addition to the others, for files in an object store
}


def main() -> int:
    """Write the files; uv gets the arguments (for example `--upgrade`)."""
    for name, extras in EXTRAS.items():
        sources = ["pyproject.toml", *(f"--extra={extra}" for extra in extras)]
        if name != "dev":
            sources += ["--constraint", str(FOLDER / "dev.txt")]
        resolve(name, sources)
    for tools in ("aws", "peers"):
        resolve(tools, [f"--group={tools}"])
    return 0


def resolve(name: str, sources: list[str]) -> None:
    """Write one requirements file."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", *sources),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"),
        *("--output-file", str(FOLDER / f"{name}.txt"), "--quiet", *sys.argv[1:]),
    ]
    subprocess.run(command, check=True)  # noqa: S603  (our own arguments)


if __name__ == "__main__":
    sys.exit(main())
