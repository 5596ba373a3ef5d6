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
        quick: bool = typer.Option(
            False, "--quick", help="A forest in place of a network."
        ),
        seed: int = typer.Option(0, min=0, help="Seed of all random numbers."),
        output: Path = typer.Option(  # noqa: B008
            Path("skbal-demo"), help="Directory for the figure."
        ),
    ):
        """Compare query strategies with random choice on 5,000 MNIST digits."""
        _run_demo(quick, seed, output)

    return app


def _run_demo(quick, seed, output):
    rich_console = require("rich.console", "examples", "The demo")
    require("matplotlib", "examples", "The demo")
    console = rich_console.Console(highlight=False)
    settings = _demo.QUICK if quick else _demo.Settings()
    console.print(_demo.introduction(settings))
    # Before the run, which would be lost if the directory could not be made.
    output.mkdir(parents=True, exist_ok=True)
    comparison = _demo.run_demo(settings, seed)
    field = _demo.run_field(settings, seed)
    console.print(_table(comparison, field))
    console.print(_demo.explanation(comparison))
    for sentence in _demo.verdicts(comparison):
        console.print(sentence, style="bold")
    path = output / "learning_curves.png"
    _demo.draw_curves(comparison, field, path)
    console.print(f"Learning curves: {path.resolve()}", soft_wrap=True)


def _table(comparison, field):
    rich_table = require("rich.table", "examples", "The demo")
    header, rows = _demo.results_table(comparison, field)
    table = rich_table.Table(title="Labels needed for a test accuracy, and differences")
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
