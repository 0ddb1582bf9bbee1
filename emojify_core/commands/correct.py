"""`emojify correct`: tell the model which emotion a text expresses."""

import click

from emojify_core.commands.terminal.output import json_option, show_json
from emojify_core.commands.terminal.server_options import Server, server_options
from emojify_core.commands.terminal.text_input import require_utf8
from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS


@click.command(epilog='Example: emojify correct --wait "They all saw me fall." shame')
@click.argument("text", callback=require_utf8)
@click.argument("label", type=click.Choice(LABELS))
@click.option("--wait", is_flag=True, help="Wait until the model learned the correction or not.")
@json_option
@server_options
def correct(text: str, label: str, *, server: Server, wait: bool, as_json: bool) -> None:
    """Teach the model that TEXT expresses LABEL.

    It learns this in the background. With --wait, the exit code is 1 if the model did not learn it.
    """
    with server.connect() as emojify:
        correction = emojify.correct(text, label)
        if wait:
            correction = emojify.await_correction(correction.id)
    if as_json:
        show_json(correction)
    else:
        click.echo(f"{correction.id}  {correction.state.value}")
        if correction.receipt:
            before, after = (correction.receipt[when][label] for when in ("before", "after"))
            version = correction.receipt["model_version"]
            click.echo(f"{label}: {before:.0%} before, {after:.0%} in version {version}")
        if correction.reason:
            click.echo(correction.reason, err=True)
    if wait and correction.state is not CorrectionState.LIVE:
        raise SystemExit(1)
