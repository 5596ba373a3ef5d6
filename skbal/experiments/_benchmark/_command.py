"""The command ``skbal benchmark``."""

from pathlib import Path
from typing import Annotated

from skbal._utils.optional import require
from skbal.experiments._benchmark._declared import PREFIX
from skbal.experiments._benchmark._models import MODELS
from skbal.experiments._benchmark._page import figure_of, write_page
from skbal.experiments._benchmark._run import benchmark
from skbal.experiments._benchmark._strategies import LEFT_OUT, default_strategies
from skbal.experiments._benchmark._tables import known_tables

typer = require("typer", "examples", "The command line")

_EXPECTED = (ValueError, TypeError, OSError, ImportError)
_QUICK_TABLES = 2  # so many of scikit-learn, without a file


def run(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help=f"One of {', '.join(MODELS)}.")
    ] = "forest",
    list_: Annotated[
        bool,
        typer.Option("--list", help="List strategies and tables, and run nothing."),
    ] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="A small version that takes less than 2 minutes."),
    ] = False,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            help="Run only this strategy, and random rows. Give it again for more.",
            metavar="NAME",
        ),
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option(help="Run only on this table. Again for more.", metavar="NAME"),
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="Runs of each strategy on each table.")
    ] = 5,
    jobs: Annotated[
        int | None, typer.Option(help="Number of runs at a time; -1 for all cores.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder with lal_uci.npz and uci_regression.npz."),
    ] = None,
    output: Annotated[
        Path,
        typer.Option(
            help="Folder for the runs, one file a model. Those that it has are not "
            "made again."
        ),
    ] = Path("skbal-benchmark"),
    page: Annotated[
        Path | None,
        typer.Option(
            help="Run nothing, but make the page of the runs in FOLDER/results, in "
            "this FOLDER.",
            metavar="FOLDER",
        ),
    ] = None,
):
    """Run all strategies on many tables, and print their ranks."""
    try:
        if page is not None:
            typer.echo(f"Page: {write_page(page).resolve()}")
            return
        if list_:
            _show_names()
            return
        found = benchmark(
            strategy or None,
            table or _tables(model, quick),
            model=model,
            n_repeats=repeats,
            quick=quick,
            data=data,
            output=output,
            n_jobs=jobs,
            verbose=1,
        )
        _show(found, output / f"{PREFIX}{model}{'-quick' * quick}.jsonl")
    except _EXPECTED as error:
        raise SystemExit(f"skbal: {error}") from None


def _tables(model, quick):
    """Return the tables of the quick version, or None for all."""
    if not quick or model not in MODELS:
        return None
    sources = known_tables(MODELS[model].task)
    return [name for name, source in sources.items() if source != "file"][
        :_QUICK_TABLES
    ]


def _show_names():
    for name, model in MODELS.items():
        typer.echo(f"{name}: {model.words}")
        typer.echo(f"  strategies: {', '.join(default_strategies(model.task))}")
        tables = (f"{t} ({s})" for t, s in known_tables(model.task).items())
        typer.echo(f"  tables: {', '.join(tables)}")
    for name, reason in LEFT_OUT.items():
        typer.echo(f"left out: {name}, since {reason}")


def _show(found, path):
    typer.echo(found.summary())
    typer.echo(f"\nRuns: {path.resolve()}")
    image = path.with_suffix(".png")
    figure_of(found).savefig(image, dpi=150)
    typer.echo(f"Figure: {image.resolve()}")


def command_line():
    """Return the command line, which takes a list of arguments."""
    app = typer.Typer(add_completion=False)
    app.command()(run)
    return typer.main.get_command(app)
