"""The judge uses no code of the product: only HTTP answers, tables and stored files."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from chaos.client import Client

Tables = dict[str, list[dict[str, Any]]]

TABLES = ("corrections", "model_versions", "version_corrections", "live_pointer")
SETTLED = {"live", "refused", "superseded", "rejected", "rolled_back", "removed", "failed"}


class Judge:
    """Compares one installation's database and store with a client's log."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._database = f"file:{home / 'emojify.sqlite3'}?mode=ro"

    def open_ids(self, client: Client) -> list[str] | None:
        """Return a client's corrections that are not settled; None without an answer."""
        known = client.states()
        if known is None:
            return None
        still = [
            each.id
            for each in client.accepted
            if known.get(each.id, {"state": "lost"})["state"] not in SETTLED | {"lost"}
        ]
        removed = {name for name, each in known.items() if each["state"] == "removed"}
        return still + sorted(removed & set(self.held()))

    def faults(self, client: Client) -> list[str]:
        """Return a sentence for each broken promise."""
        tables = self._tables()
        return [
            *_chain(tables),
            *self._stale_publications(tables),
            *_corrections(tables, client),
        ]

    def held(self) -> list[str]:
        """Return the corrections of the live lineage, repeated as often as they occur."""
        return _held(self._tables())

    def states(self, client: Client) -> Counter[str]:
        """Return the number of a client's corrections in each state."""
        known = client.states() or {}
        return Counter(
            known[each.id]["state"] if each.id in known else "lost" for each in client.accepted
        )

    def _stale_publications(self, tables: Tables) -> list[str]:
        """Find versions that were trained from another model than their predecessor."""
        versions = {row["version"]: row for row in tables["model_versions"]}
        learned: dict[int, set[str]] = {}
        for row in tables["version_corrections"]:
            learned.setdefault(row["version"], set()).add(row["correction_id"])
        wrong = []
        for number, version in sorted(versions.items()):
            kind = json.loads(version["cause"])["kind"]
            if number not in learned:
                continue
            if kind == "fine_tune" and version["source"] != version["parent"]:
                wrong.append(f"stale: version {number} does not build on the one before it")
            source = versions.get(version["source"], {}).get("sha256")
            earlier = {versions[each]["sha256"] for each in versions if each < number}
            if version["sha256"] in earlier:  # the same model as an earlier version
                continue
            manifest = self._home / "store" / "models" / version["sha256"] / "manifest.json"
            data = json.loads(manifest.read_text())["data"]
            if data.get("update", {}).get("parent") != source:
                wrong.append(f"stale: the files of version {number} were made from another model")
        return wrong

    def _tables(self) -> Tables:
        """Return all rows in one consistent snapshot."""
        with closing(sqlite3.connect(self._database, uri=True, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            return {
                name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608
                for name in TABLES
            }


def _held(tables: Tables) -> list[str]:
    """Follow the sources of the live version; return the corrections that each one learned."""
    sources = {row["version"]: row["source"] for row in tables["model_versions"]}
    learned: dict[int, list[str]] = {}
    for row in tables["version_corrections"]:
        learned.setdefault(row["version"], []).append(row["correction_id"])
    (pointer,) = tables["live_pointer"]
    version, found = pointer["version"], []
    while version is not None:
        found += learned.get(version, [])
        version = sources.get(version)
    return found


def _chain(tables: Tables) -> list[str]:
    rows = sorted(tables["model_versions"], key=lambda row: row["version"])
    numbers, parents = [row["version"] for row in rows], [row["parent"] for row in rows]
    wrong = []
    if numbers != list(range(1, len(rows) + 1)):
        wrong.append(f"gap: the versions are {numbers}")
    if parents != [None, *numbers[:-1]]:
        wrong.append(f"fork: the parents are {parents}")
    (pointer,) = tables["live_pointer"]
    if pointer["version"] != numbers[-1] or pointer["generation"] != len(rows):
        wrong.append(f"fork: the pointer says {pointer} after {len(rows)} versions")
    return wrong


def _corrections(tables: Tables, client: Client) -> list[str]:
    rows = tables["corrections"]
    by_key = Counter(row["idempotency_key"] for row in rows)
    held = Counter(_held(tables))
    known = client.states() or {}
    texts = Counter(each.planned.text for each in client.accepted)
    wrong = [
        f"twice: {name} is {count} times in the model" for name, count in held.items() if count > 1
    ]
    for each in client.accepted:
        stored = known.get(each.id)
        if stored is None or by_key[each.key] == 0:
            wrong.append(f"lost: {each.id} was answered 202")
            continue
        if by_key[each.key] > 1:
            wrong.append(f"twice: {each.id} is stored {by_key[each.key]} times")
        allowed = {"live", "refused"}
        if texts[each.planned.text] > 1:
            allowed.add("superseded")
        if client.rolled_back:
            allowed.add("rolled_back")
        if each.id in client.undone:
            allowed = {"removed"}
        if stored["state"] not in allowed:
            wrong.append(f"state: {each.id} ended as {stored['state']}: {stored['reason']}")
        wrong += _receipt(stored, is_held=each.id in held)
    return wrong


def _receipt(stored: dict[str, Any], *, is_held: bool) -> list[str]:
    if stored["state"] == "live" and not is_held:
        return [f"lost: {stored['id']} is called live and is not in the model"]
    if stored["state"] == "live" and not stored["receipt"]:
        return [f"state: {stored['id']} is live without a receipt"]
    if stored["state"] in {"refused", "rolled_back", "removed"} and is_held:
        return [f"state: {stored['id']} is {stored['state']} and in the model"]
    return []
