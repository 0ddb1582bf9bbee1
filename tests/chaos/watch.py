"""A client that predicts all the time, and checks of the live pointer, while parts break."""

import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import httpx

from chaos.rig import Outages
from support.installation import CLEAR

PAUSE = 0.05  # seconds between two requests
TEXTS = list(CLEAR)
ENDS_WITHIN = 32  # seconds after which a prediction must have ended, as the product promises


class Watch:
    """One client that predicts without pause; it records a sentence in `wrong` for each fault."""

    def __init__(self, url: str, database: Path, outages: Outages) -> None:
        self._url, self._database, self._outages = url, database, outages
        self.wrong: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self.slowest = 0.0
        self._seen: dict[tuple[int, str], dict[str, float]] = {}  # version, text: probabilities
        self._open: list[tuple[str, float, int]] = []  # id, asked at, the version live then
        self._generation = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        with httpx.Client(base_url=self._url, trust_env=False, timeout=20) as http:
            for each in self._open:
                self._follow_up(http, *each)

    def _run(self) -> None:
        turn = 0
        with httpx.Client(base_url=self._url, trust_env=False, timeout=20) as http:
            while not self._stop.wait(PAUSE):
                turn += 1
                body: dict[str, Any] = {"text": TEXTS[turn % len(TEXTS)]}
                if turn % 3 == 0:
                    body = {"texts": TEXTS}
                try:
                    self._predict(http, body)
                except Exception as e:  # noqa: BLE001 (a watch that ended unseen saw nothing)
                    self.wrong.append(f"the watch broke: {e!r}")
                    return

    def _predict(self, http: httpx.Client, body: dict[str, Any]) -> None:
        live, asked = self._pointer(), time.monotonic()
        try:
            answer = http.post("/api/v1/predictions", json=body, headers={"Prefer": "wait=10"})
        except httpx.TransportError as e:
            self._excused("no connection", asked, "web", repr(e))
            return
        self.slowest = max(self.slowest, time.monotonic() - asked)
        if answer.status_code == 503:
            self._excused("503", asked, "redis", answer.text)
        elif answer.status_code == 202:
            self._open.append((answer.json()["id"], asked, live))
        elif answer.status_code == 200:
            self._judge(answer.json(), asked, live)
        else:
            self.wrong.append(f"a prediction was answered {answer.status_code}: {answer.text}")

    def _follow_up(self, http: httpx.Client, name: str, asked: float, live: int) -> None:
        """Ask again for a prediction that was accepted but not answered at once."""
        while True:
            answer = http.get(f"/api/v1/predictions/{name}", headers={"Prefer": "wait=5"})
            if answer.status_code != 200 or answer.json()["state"] in {"succeeded", "failed"}:
                break
            if time.monotonic() > asked + ENDS_WITHIN + 30:
                break
        if answer.status_code == 200 and answer.json()["state"] in {"succeeded", "failed"}:
            self._judge(answer.json(), asked, live)
        else:
            self.wrong.append(f"a prediction never ended: {answer.status_code} {answer.text}")

    def _judge(self, body: dict[str, Any], asked: float, live: int) -> None:
        if body["state"] == "failed" and body["error"]["code"] == "lost":
            self._excused("lost", asked, "redis", str(body))
            return
        if body["state"] != "succeeded":
            self.wrong.append(f"a prediction ended as {body}")
            return
        self.outcomes["answered"] += 1
        results = body.get("results") or [body["result"]]
        texts = TEXTS if len(results) > 1 else [None]
        versions = {each["model_version"] for each in results}
        if len(versions) != 1:
            self.wrong.append(f"one answer mixes the versions {versions}")
        if min(versions) < live:
            self.wrong.append(f"{min(versions)} answered although {live} was live before")
        for text, each in zip(texts, results, strict=True):
            if text is not None:
                known = self._seen.setdefault((each["model_version"], text), each["probabilities"])
                if known != each["probabilities"]:
                    self.wrong.append(f"version {each['model_version']} gave two answers")

    def _excused(self, what: str, asked: float, part: str, detail: str) -> None:
        self.outcomes[what] += 1
        if not self._outages.excuse(part, asked, time.monotonic()):
            self.wrong.append(f"{what} without a reason: {detail}")

    def _pointer(self) -> int:
        """Return the live version; record a generation that decreased."""
        uri = f"file:{self._database}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            query = "SELECT version, generation FROM live_pointer"
            version, generation = connection.execute(query).fetchone()
        if generation < self._generation:
            self.wrong.append(f"the generation went from {self._generation} to {generation}")
        self._generation = generation
        return int(version)
