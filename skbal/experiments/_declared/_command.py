"""The command ``skbal reproduce``."""

from pathlib import Path
from typing import Annotated

from skbal._utils.optional import require
from skbal.experiments._catalogue import list_experiments, load_experiment
from skbal.experiments._declared._claims import claims_summary
from skbal.experiments._declared._figure import image_of
from skbal.experiments._declared._file import path_of
from skbal.experiments._declared._page import others_of, write_page
from skbal.experiments._declared._running import reproduce

typer = require("typer", "examples", "The command line")

_EXPECTED = (ValueError, TypeError, OSError, ImportError)

_Folder = Path | None


def run(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The experiment; see --list.")
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the experiments, and run nothing.")
    ] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="A small version that takes less than 2 minutes."),
    ] = False,
    arm: Annotated[
        list[str] | None,
        typer.Option(
            help="Run only this arm. Give it again for more arms.", metavar="ARM"
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Number of units at a time; -1 for all cores.")
    ] = None,
    data: Annotated[
        _Folder,
        typer.Option(
            help="Folder of data, such as mnist.npz, and of published curves, "
            "reference_curves.npz."
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option(
            help="Folder for the units, one file an experiment, and for the figure. "
            "Units that it has are not run again."
        ),
    ] = Path("skbal-reproductions"),
    device: Annotated[
        str, typer.Option(help="Where networks run, such as cuda.")
    ] = "cpu",
    page: Annotated[
        _Folder,
        typer.Option(
            help="Run nothing, but make the page of the units in FOLDER/results, in "
            "this FOLDER.",
            metavar="FOLDER",
        ),
    ] = None,
):
    """Run an experiment of a paper, and set our numbers beside the published ones."""
    if list_ or name is None:
        for known, title in list_experiments().items():
            typer.echo(f"{known:15} {title}")
        return
    try:
        experiment = load_experiment(name)
        if page is not None:
            typer.echo(f"Page: {write_page(experiment, page, data=data).resolve()}")
            return
        found = reproduce(
            experiment,
            arms=arm or None,
            quick=quick,
            data=data,
            output=output,
            n_jobs=jobs,
            device=device,
            verbose=1,
        )
        _show(found, data, output)
    except _EXPECTED as error:
        raise SystemExit(f"skbal: {error}") from None


def _show(found, data, output):
    typer.echo(found.summary())
    if found.experiment.claims and not found.quick:
        others = others_of(found.experiment, output)
        typer.echo(f"\n{claims_summary(found, others)}")
    if found.experiment.differences:
        typer.echo("\nWhat differs from the paper:")
    for sentence in found.experiment.differences:
        typer.echo(f"- {sentence}")
    path = path_of(output, found.experiment, found.quick)
    typer.echo(f"\nUnits: {path.resolve()}")
    for which in found.experiment.figures():
        image = image_of(path.with_suffix(".png"), which)
        found.plot(data=data, which=which).savefig(image, dpi=150)
        typer.echo(f"Figure: {image.resolve()}")


def command_line():
    """Return the command line, which takes a list of arguments."""
    app = typer.Typer(add_completion=False)
    app.command()(run)
    return typer.main.get_command(app)
