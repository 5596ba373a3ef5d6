"""The command line: ``skbal demo``, or ``python -m skbal demo``."""

from pathlib import Path

from skbal import __version__
from skbal._utils.lazy import lazy_module
from skbal._utils.optional import require
from skbal.exceptions import CampaignError

_audit = lazy_module("skbal.audit")
_demo = lazy_module("skbal._demo")
_campaign = lazy_module("skbal.campaign")
_course = lazy_module("skbal._course")
_benchmark = lazy_module("skbal.experiments._benchmark._command")
_reproduce = lazy_module("skbal.experiments._declared._command")
_campaign_commands = lazy_module("skbal.campaign._commands")


def main():
    """Run the command line. A missing extra gives a message, not a traceback."""
    try:
        _command_line()()
    except (ImportError, CampaignError) as error:
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
            Path("skbal-demo"), help="Directory for the figure and the report."
        ),
        report: bool = typer.Option(
            False,
            "--report",
            help="Also write report.html and report.json into the output directory.",
        ),
    ):
        """Compare query strategies with random choice on 5,000 MNIST digits."""
        _run_demo(quick, seed, output, report)

    _add_commands_of_rooms(typer, app)
    app.command()(_label_command(typer))
    app.command()(_report_command(typer))
    app.command()(_course_command(typer))
    return app


def _add_commands_of_rooms(typer, app):
    @app.command(add_help_option=False, context_settings=_ALL_ARGUMENTS)
    def campaign(context: typer.Context):
        """Weeks of labelling: new, retrain, status, export, import."""
        commands = _campaign_commands.command_line()
        commands(args=context.args, prog_name="skbal campaign")

    @app.command(add_help_option=False, context_settings=_ALL_ARGUMENTS)
    def reproduce(context: typer.Context):
        """Run an experiment of a paper; --list lists them."""
        commands = _reproduce.command_line()
        commands(args=context.args, prog_name="skbal reproduce")

    @app.command(add_help_option=False, context_settings=_ALL_ARGUMENTS)
    def benchmark(context: typer.Context):
        """Run all strategies on many tables; --list lists both."""
        commands = _benchmark.command_line()
        commands(args=context.args, prog_name="skbal benchmark")


def _label_command(typer):
    option = typer.Option

    def label(
        campaign: str = typer.Argument(help="A database, such as votes.db."),
        host: str = option("127.0.0.1", help="Address to listen on."),
        port: int = option(8000, min=0, max=65535, help="Port; 0 takes a free one."),
        token: str = option(
            None,
            envvar="SKBAL_TOKEN",
            help="What the address must have. Where other machines can connect, one is "
            "made if you give none.",
        ),
        annotator: str = option(None, help="Your name, if nobody else answers."),
        name: list[str] = option(  # noqa: B008
            [], help="A further name under which people call this server."
        ),
        title: str = option(None, help="Title of the page."),
        question: str = option("What do you see?", help="What people are asked."),
        image_shape: str = option(
            None, help="Height and width of images in flat rows, such as 28,28."
        ),
        browser: bool = option(False, "--browser", help="Open the page."),
    ):
        """Serve the page to label on, until Ctrl-C."""
        page = {"annotator": annotator, "title": title, "question": question}
        page["image_shape"] = _numbers(typer, image_shape)
        _serve_page(typer, campaign, host, port, token, browser, name, page)

    return label


def _report_command(typer):
    def report(
        campaign: str = typer.Argument(help="A database, such as votes.db."),
        output: Path = typer.Option(  # noqa: B008
            Path("report.html"), help="File to write: .html, .json or .md."
        ),
    ):
        """Write what people answered, what was learned from it, and what to doubt."""
        typer.echo(_write_report(campaign, output))

    return report


def _course_command(typer):
    def course(
        folder: Path = typer.Argument(  # noqa: B008
            Path("skbal-course"), help="Folder for the notebooks."
        ),
        teacher: bool = typer.Option(
            False, "--teacher", help="With the solutions and the notes for the teacher."
        ),
    ):
        """Write the lessons of the course into a folder, as notebooks."""
        for line in _write_course(folder, teacher):
            typer.echo(line)

    return course


def _numbers(typer, text):
    """Return numbers that stand with commas between them, as a tuple."""
    try:
        return None if text is None else tuple(map(int, text.split(",")))
    except ValueError:
        raise typer.BadParameter(
            f"--image-shape must be numbers such as 28,28, got {text!r}."
        ) from None


def _serve_page(typer, url, host, port, token, browser, names, page):
    def announce(address):
        typer.echo(f"Label on {address} and end with Ctrl-C.")

    with _campaign.Campaign.open(url) as campaign:
        try:
            _campaign.serve(
                campaign, host, port, token, browser, names=names, announce=announce,
                **page,
            )  # fmt: skip
        except (OSError, ValueError, TypeError) as error:
            raise SystemExit(f"skbal: {error}") from None


# Some commands read their arguments themselves, so that nothing of them is
# loaded for other commands.
_ALL_ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True}


def _write_report(url, path):
    with _campaign.Campaign.open(url) as campaign:
        try:
            report = _audit.audit_report(campaign, path=path)
        except (OSError, ValueError) as error:
            raise SystemExit(f"skbal: {error}") from None
    return "\n".join([*report.summary, f"Report: {path.resolve()}"])


def _write_course(folder, teacher):
    """Write the notebooks and return what to tell about each."""
    try:
        written = _course.copy_lessons(folder, teacher)
    except OSError as error:
        raise SystemExit(f"skbal: {error}") from None
    lines = [
        f"{path}" if new else f"{path} was there and stays as it is"
        for path, new in written.items()
    ]
    return [*lines, f"Open them (pip install jupyterlab): jupyter lab {folder}"]


def _run_demo(quick, seed, output, with_report):
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
    if with_report:
        report = _demo.run_report(settings, comparison, seed)
        for path in (output / "report.html", output / "report.json"):
            report.save(path)
            console.print(f"Report: {path.resolve()}", soft_wrap=True)


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
