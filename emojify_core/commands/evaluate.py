"""`emojify evaluate`: how good a model is on texts it was not trained on."""

import json
from pathlib import Path

import click

from emojify_core.commands.evaluation.behaviour import run_behaviour
from emojify_core.commands.evaluation.tables import print_evaluations
from emojify_core.commands.terminal.output import json_option
from emojify_core.settings import Settings

# Here and not from `evaluation.labelled_sets`, which loads numpy; a test compares them.
SETS = (
    *("psychexp-test", "psychexp-validation"),
    *("goemotions-dev", "goemotions-dev-near", "goemotions-test", "goemotions-test-near"),
    "starter",
)


@click.command(epilog="Example: emojify evaluate --figures docs/figures")
@click.option(
    "--model",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A model folder; repeat it to compare models. [default: the shipped model]",
)
@json_option
@click.option(
    "--figures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the first model's confusion matrix and reliability diagram to this folder.",
)
@click.option(
    "--behaviour",
    is_flag=True,
    help="Run the behaviour suite instead; exit with 1 when the model misses a threshold.",
)
@click.option("--failures", is_flag=True, help="With --behaviour: print the sentences that failed.")
@click.option(
    "--set",
    "name",
    type=click.Choice(SETS),
    help="The labelled set. [default: psychexp-test; starter where PsychExp is missing]",
)
@click.option("--starter", is_flag=True, help="Short for --set starter.")
@click.pass_context
def evaluate(  # noqa: PLR0913 - one argument for each option
    context: click.Context,
    folders: tuple[Path, ...],
    *,
    as_json: bool,
    figures: Path | None,
    behaviour: bool,
    failures: bool,
    name: str | None,
    starter: bool,
) -> None:
    """Measure a model on the article's 1,496 test rows of PsychExp, or on another labelled set.

    Without PsychExp, the project's starter sentences are used. Intervals are 95 %: Wilson's for
    shares of silence, from 1,000 bootstrap resamples for the others.
    """
    from emojify_core.ml.data.psychexp import find_psychexp  # noqa: PLC0415 - numpy
    from emojify_core.ml.evaluation.evaluate import evaluate_model  # noqa: PLC0415
    from emojify_core.ml.evaluation.labelled_sets import load_set  # noqa: PLC0415 - scikit-learn
    from emojify_core.ml.inference.predictor import Predictor  # noqa: PLC0415 - ONNX Runtime
    from emojify_core.ml.model.artifact import SHIPPED  # noqa: PLC0415

    if behaviour:
        met = run_behaviour(folders or (SHIPPED,), as_json=as_json, failures=failures)
        context.exit(0 if met else 1)
    if failures:
        raise click.UsageError("--failures belongs to --behaviour. Add --behaviour.")
    settings = Settings.from_env()
    wanted = "starter" if starter else name
    path = None if wanted == "starter" else find_psychexp(settings.psychexp, settings.home)
    found = wanted or ("psychexp-test" if path else "starter")
    test_set = load_set(found, path, settings.home)
    results = [evaluate_model(Predictor.load(each), test_set) for each in folders or (SHIPPED,)]
    if as_json:
        documents = [result.to_dict() for result in results]
        click.echo(json.dumps(documents if len(documents) > 1 else documents[0], indent=2))
    else:
        if wanted is None and path is None:
            click.echo("PsychExp is not here; `emojify data fetch` downloads it.", err=True)
        print_evaluations(results)
    if figures is not None:
        from emojify_core.ml.evaluation.plots import save_figures  # noqa: PLC0415 - matplotlib

        for figure in save_figures(results[0], figures):
            click.echo(f"Wrote {figure}", err=True)
