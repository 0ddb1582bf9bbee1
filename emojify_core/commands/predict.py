"""`emojify predict`: which emotion texts express."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.output import json_option, show_json, to_dict
from emojify_core.commands.terminal.server_options import Server, server_options
from emojify_core.commands.terminal.text_input import read_lines, require_utf8
from emojify_core.labels import NO_EMOTION
from emojify_core.limits import MAX_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emojify_core.client import Answer


_NOT_UNDERSTOOD = "No known word"
_EXCERPT = 80  # characters of a text without an answer, which may be a megabyte


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
@server_options
def predict(texts: tuple[str, ...], *, server: Server, local: bool, as_json: bool) -> None:
    """Show which of the seven emotions each TEXT expresses, or that it has no clear one.

    Without TEXT, reads one text per line from standard input. A question mark after the emotion
    means that the model is unsure. The exit code is 1 if a text has no answer.
    """
    if not texts and sys.stdin.isatty():
        raise click.UsageError("Give a text, or send lines to standard input.")
    failed = False
    with ExitStack() as stack:
        answer = _local() if local else stack.enter_context(server.connect()).predict_all
        for part in _requests(texts or read_lines(sys.stdin.buffer)):
            for text, found in zip(part, answer(part), strict=True):
                failed = failed or found.error is not None
                _show(text, found, as_json=as_json)
    if failed:
        raise SystemExit(1)


def _local() -> "Callable[[Sequence[str]], list[Answer]]":
    from emojify_core.commands.terminal.local_model import LocalModel  # noqa: PLC0415 - numpy

    return LocalModel().predict_all


def _requests(texts: Iterable[str]) -> Iterator[list[str]]:
    """Split texts into lists that one request may have."""
    source = iter(texts)
    while part := list(islice(source, MAX_TEXTS)):
        yield part


def _show(text: str, answer: "Answer", *, as_json: bool) -> None:
    if as_json:
        show_json({"text": text, **to_dict(answer)})
    elif answer.error:
        click.echo(f"!  {answer.error}  {text[:_EXCERPT]}", err=True)
    elif answer.none:
        said = NO_EMOTION.title if answer.understood else _NOT_UNDERSTOOD
        click.echo(f"{NO_EMOTION.emoji} {said:<16} {text}")  # as wide as the line below
    else:
        mark = " " if answer.confident else "?"
        click.echo(f"{answer.emoji} {answer.label + mark:<9} {answer.confidence:>5.0%}  {text}")
