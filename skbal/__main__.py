"""The command line: ``skbal demo``, or ``python -m skbal demo``."""

from pathlib import Path

from skbal import __version__
from skbal._utils.lazy import lazy_module
from skbal._utils.optional import require

_demo = lazy_module("skbal._demo")


def main():
    """Run the command line. A missing extra gives a message, not a traceback."""
    try:
        _command_line()()
    except ImportError as error:
        raise SystemExit(f"skbal: {error}") from None


def _command_line():
    # Built in a function, so that this module can be imported without typer.
    typer = require("typer", "examples", "The command line")
    app = typer.Typer(no_args_is_help=True, add_completion=False)

    @app.callback()
    def skbal():
        """Bayesian active learning for scikit-learn."""

    @app.command()
    def version():
        """Print the version."""
        typer.echo(__version__)

    @app.command()
    def demo(
        quick: bool = typer.Option(False, "--quick", help="Under a minute."),
        seed: int = typer.Option(0, min=0, help="Seed of all random numbers."),
        output: Path = typer.Option(  # noqa: B008
            Path("skbal-demo"), help="Directory for the figure."
        ),
    ):
        """Compare BALD, variation ratios and random on 5,000 MNIST digits."""
        _run_demo(quick, seed, output)

    return app


def _run_demo(quick, seed, output):
    rich_console = require("rich.console", "examples", "The demo")
    require("matplotlib", "examples", "The demo")
    console = rich_console.Console()
    settings = _demo.QUICK if quick else _demo.Settings()
    last = 20 + settings.n_queries * settings.n_instances
    console.print(
        f"A Bayesian CNN with {settings.n_draws} posterior draws asks for "
        f"{settings.n_instances} digits at a time, from 20 labels to {last}."
    )
    # Before the run, which would be lost if the directory could not be made.
    output.mkdir(parents=True, exist_ok=True)
    histories = _demo.run_demo(settings, seed)
    console.print(_table(histories))
    if quick:
        console.print(
            "One run of a network with so little training does not tell which strategy "
            "is better. The demo without --quick trains longer and asks more."
        )
    path = output / "learning_curves.png"
    _demo.draw_curves(histories, path)
    console.print(f"Learning curves: {path.resolve()}", soft_wrap=True)


def _table(histories):
    rich_table = require("rich.table", "examples", "The demo")
    header, rows = _demo.results_table(histories)
    table = rich_table.Table(
        title="Labels needed for a test accuracy, including the 20 first labels"
    )
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
