"""The command line: ``skbal demo``, or ``python -m skbal demo``."""

from pathlib import Path

from skbal import __version__
from skbal._utils.optional import require


def main():
    """Run the command line; a missing extra is a message, not a traceback."""
    try:
        _command_line()()
    except ImportError as error:
        raise SystemExit(f"skbal: {error}") from None


def _command_line():
    # Built when called, so that the module imports without the extra.
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
        seed: int = typer.Option(0, min=0, help="Decides all that is random."),
        output: Path = typer.Option(  # noqa: B008
            Path("skbal-demo"), help="The directory that the figure goes into."
        ),
    ):
        """Compare BALD, variation ratios and random on 5,000 MNIST digits."""
        _demo(quick, seed, output)

    return app


def _demo(quick, seed, output):
    rich_console = require("rich.console", "examples", "The demo")
    require("matplotlib", "examples", "The demo")
    from skbal._demo import QUICK, Settings, draw_curves, run_demo

    console = rich_console.Console()
    settings = QUICK if quick else Settings()
    last = 20 + settings.n_queries * settings.n_instances
    console.print(
        f"A Bayesian CNN with {settings.n_draws} posterior draws asks for "
        f"{settings.n_instances} digits at a time, from 20 labels to {last}."
    )
    # Made first: a directory that cannot be written must not cost the run.
    output.mkdir(parents=True, exist_ok=True)
    histories = run_demo(settings, seed)
    console.print(_table(histories))
    path = output / "learning_curves.png"
    draw_curves(histories, path)
    console.print(f"Learning curves: {path.resolve()}", soft_wrap=True)


def _table(histories):
    from skbal._demo import results_table

    rich_table = require("rich.table", "examples", "The demo")
    header, rows = results_table(histories)
    table = rich_table.Table(
        title="Labels needed for a test accuracy, the 20 first ones included"
    )
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
