"""PsychExp: 7,480 short reports of feelings, each labelled with one of seven emotions.

The texts come from the ISEAR study (Scherer and Wallbott, 1994); the file is
`data/PsychExp/raw.pickle` of the repository bfelbo/DeepMoji.
"""

import hashlib
import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.labels import LABELS

URL: Final = "https://raw.githubusercontent.com/bfelbo/DeepMoji/master/data/PsychExp/raw.pickle"
SHA256: Final = "d28e07dd450aa2b500968b998bfa4a48fa2f683526876289d5d778ae7c088ea7"
SIZE: Final = 3_342_592  # bytes
ROWS: Final = 7_480
SPLIT_SIZES: Final = {"train_ind": 900, "val_ind": 100, "test_ind": 6_480}
NEXT_STEP: Final = "Download it again with `emojify data fetch`."

# Python 2 and an old numpy wrote the file. It needs these names only; the values are the modules
# that define them today.
_ALLOWED_GLOBALS: Final = {
    ("numpy.core.multiarray", "_reconstruct"): "numpy._core.multiarray",
    ("numpy", "ndarray"): "numpy",
    ("numpy", "dtype"): "numpy",
}


@dataclass(frozen=True, slots=True, eq=False)
class PsychExp:
    """The data set in file order. The index arrays are the file's own split; ours is `splits`."""

    texts: tuple[str, ...]  # (7480,)
    labels: NDArray[np.int64]  # (7480,), positions in LABELS
    train: NDArray[np.int64]  # (900,)
    validation: NDArray[np.int64]  # (100,)
    test: NDArray[np.int64]  # (6480,)


def load_psychexp(path: Path) -> PsychExp:
    """Verify and read the file; nothing is unpickled unless the checksum matches.

    Raises DataError when the file is missing, unreadable or altered.
    """
    return parse(read_pickle(verified_bytes(path)))


def find_psychexp(explicit: Path | None, home: Path) -> Path | None:
    """Return the file: `explicit` (EMOJIFY_PSYCHEXP), else the one in `home`, else None.

    Raises DataError when `explicit` is given and is not a file.
    """
    if explicit is not None:
        if not explicit.is_file():
            raise DataError(
                f"EMOJIFY_PSYCHEXP names {explicit}, which is not a file. "
                "Correct the path, or unset it and run `emojify data fetch`."
            )
        return explicit
    fetched = default_path(home)
    return fetched if fetched.is_file() else None


def default_path(home: Path) -> Path:
    """Return where `emojify data fetch` puts the file."""
    return home / "data" / "psychexp" / "raw.pickle"


def verified_bytes(path: Path) -> bytes:
    """Return the file's content.

    Raises DataError when the file is missing, unreadable or has another SHA-256.
    """
    try:
        with path.open("rb") as file:
            content = file.read(SIZE + 1)  # one byte more shows that a file is too long
    except FileNotFoundError as e:
        raise DataError(f"There is no PsychExp file at {path}. {NEXT_STEP}") from e
    except OSError as e:
        raise DataError(f"{path} cannot be read ({e.strerror}). {NEXT_STEP}") from e
    if len(content) < SIZE:
        raise DataError(
            f"{path} is truncated or another file: it has {len(content):,} bytes instead of "
            f"{SIZE:,}. {NEXT_STEP}"
        )
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DataError(
            f"{path} is not the PsychExp file: its SHA-256 differs from {SHA256[:12]}.... "
            f"{NEXT_STEP}"
        )
    return content


def read_pickle(content: bytes) -> Any:
    """Unpickle a file that may contain numpy arrays but no other objects.

    Raises DataError when the pickle is damaged or names another global. Such a global is never
    imported, so no code of the pickle runs.
    """
    try:
        return _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
    except DataError:
        raise
    except Exception as e:  # a damaged pickle can raise almost anything
        raise DataError(f"The pickle is damaged ({type(e).__name__}). {NEXT_STEP}") from e


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        home = _ALLOWED_GLOBALS.get((module, name))
        if home is None:
            raise DataError(
                f"The pickle asks for {module}.{name}, which no data file needs, and was refused. "
                f"{NEXT_STEP}"
            )
        return super().find_class(home, name)


def parse(raw: Any) -> PsychExp:
    """Turn the unpickled dict into arrays. Raises DataError when its layout or counts differ."""
    try:
        texts: list[str] = raw["texts"]
        one_hot = np.array([row["label"] for row in raw["info"]], dtype=np.float64)  # (n, 7)
        parts = [np.array(raw[name], dtype=np.int64) for name in SPLIT_SIZES]
    except (KeyError, TypeError, ValueError) as e:
        raise DataError(f"The file's layout is not PsychExp's. {NEXT_STEP}") from e
    every_row = np.sort(np.concatenate(parts))
    if not (
        len(texts) == ROWS
        and all(isinstance(text, str) for text in texts)
        and one_hot.shape == (ROWS, len(LABELS))
        and np.isin(one_hot, (0, 1)).all()
        and (one_hot.sum(axis=1) == 1).all()
        and [len(part) for part in parts] == list(SPLIT_SIZES.values())
        and np.array_equal(every_row, np.arange(ROWS))
    ):
        raise DataError(f"The file's counts are not PsychExp's. {NEXT_STEP}")
    return PsychExp(tuple(texts), one_hot.argmax(axis=1).astype(np.int64), *parts)
