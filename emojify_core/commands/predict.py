"""`emojify predict`: which emotion texts express."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.server_options import (
    Server,
    asks_a_server,
    json_option,
    plain,
    show_json,
)
from emojify_core.commands.terminal.text_input import read_lines, require_utf8
from emojify_core.text_validation import MAX_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emojify_core.client import Answer


_EXCERPT = 80  # characters of a text that has no answer: it may be a megabyte


@click.command(
    epilog="""\b
Examples:
  emojify predict "I passed the exam!" "They all saw me fall."
  emojify predict --json < sentences.txt > answers.jsonl
  emojify predict --local "No server is needed for this."
"""
)
@click.argument("texts", nargs=-1, metavar="[TEXT]...", callback=require_utf8)
@click.option("--local", is_flag=True, help="Use the shipped model on this machine, no server.")
@json_option
@asks_a_server
def predict(texts: tuple[str, ...], *, server: Server, local: bool, as_json: bool) -> None:
    """Say which of the seven emotions each TEXT expresses; without one, each line of stdin.

    A question mark behind the emotion says that the model is not sure. The exit code is 1 if a
    text could not be answered.
    """
    if not texts and sys.stdin.isatty():
        raise click.UsageError("Give a text, or send lines to standard input.")
    failed = False
    with ExitStack() as stack:
        answer = _local() if local else stack.enter_context(server.connect()).predict_all
        for part in _parts(texts or read_lines(sys.stdin.buffer)):
            for text, found in zip(part, answer(part), strict=True):
                failed = failed or found.error is not None
                _show(text, found, as_json=as_json)
    if failed:
        raise SystemExit(1)


def _local() -> "Callable[[Sequence[str]], list[Answer]]":
    from emojify_core.commands.terminal.local_model import LocalModel  # noqa: PLC0415 - numpy

    return LocalModel().predict_all


def _parts(texts: Iterable[str]) -> Iterator[list[str]]:
    source = iter(texts)
    while part := list(islice(source, MAX_TEXTS)):
        yield part


def _show(text: str, answer: "Answer", *, as_json: bool) -> None:
    if as_json:
        show_json({"text": text, **plain(answer)})
    elif answer.error:
        click.echo(f"!  {answer.error}  {text[:_EXCERPT]}", err=True)
    else:
        sure = " " if answer.confident else "?"
        click.echo(f"{answer.emoji} {answer.label + sure:<9} {answer.confidence:>5.0%}  {text}")
