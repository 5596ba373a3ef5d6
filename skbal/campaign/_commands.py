"""The command line of campaigns: ``skbal campaign new``, ``status`` and others."""

import shlex
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from skbal._utils.optional import require
from skbal.campaign import _formats
from skbal.campaign._campaign import Campaign
from skbal.campaign._command_items import (
    check_answers,
    read_gold,
    read_items,
)
from skbal.campaign._intervals import check_interval, cron_times
from skbal.campaign._named_models import named_model
from skbal.campaign._new_items import check_items
from skbal.exceptions import CampaignError

typer = require("typer", "campaign", "The command line")

_EXPECTED = (CampaignError, ValueError, TypeError, OSError, ImportError)
_EXPORTS = {
    "catalogue": _formats.export_catalogue,
    "answers": _formats.export_answers,
    "counts": _formats.export_counts,
    "label-studio": _formats.export_label_studio,
}
_IMPORTS = ("zooniverse", "label-studio", "counts", "answers")
_BY_ENDING = {".json": "label-studio"}  # others are catalogues

_MODEL = (
    "What learns the answer that most people give: forest (a random forest); graph "
    "(from few answers about many images); allocation (asks first where the leading "
    "answer is most doubtful); or none."
)

_Database = Annotated[
    str, typer.Argument(metavar="DATABASE", help="The campaign, such as votes.db.")
]


def new(
    database: _Database,
    items: Annotated[
        Path,
        typer.Argument(
            metavar="ITEMS",
            help="A folder of images, an array (.npy), a table (.csv), or texts, one a "
            "line (.txt).",
        ),
    ],
    answers: Annotated[
        str,
        typer.Option(
            help="The possible answers, such as smooth,featured,artifact; or a file of "
            "JSON with a list of questions, each a list of name, answers and, if it is "
            "not asked of everybody, the answer that leads to it."
        ),
    ],
    min_votes: Annotated[
        int, typer.Option(min=1, help="How many people are asked about each item.")
    ] = 1,
    max_votes: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Number of answers after which nobody is asked about an item any "
            "more. By default --min-votes.",
        ),
    ] = None,
    model: Annotated[str, typer.Option(help=_MODEL)] = "none",
    consensus: Annotated[
        float | None,
        typer.Option(
            help="Retire an item if this share of its answers agrees, such as 0.8, "
            "once it has --min-votes."
        ),
    ] = None,
    chance_wrong: Annotated[
        float | None,
        typer.Option(
            help="With --model allocation: retire an item if its leading answer is "
            "wrong with at most this probability, such as 0.05."
        ),
    ] = None,
    cannot_tell: Annotated[
        int | None, typer.Option(help="Retire an item if so many people cannot tell.")
    ] = None,
    name_column: Annotated[
        str | None, typer.Option(help="The column of a table that names the items.")
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file with the columns name and answer: items whose answer is "
            "known, to see how good people are."
        ),
    ] = None,
    random_state: Annotated[
        int, typer.Option(min=0, help="Seed of all random numbers.")
    ] = 0,
):
    """Make a new campaign. Nothing is overwritten."""
    with _one_line_errors():
        rows, names = read_items(items, name_column)
        rules = _rules(min_votes, consensus, chance_wrong, cannot_tell)
        with Campaign.create(
            database,
            rows,
            check_answers(answers),
            estimator=named_model(model, check_items(rows, names).kind),
            min_votes=min_votes,
            max_votes=max_votes,
            names=names,
            rules=rules,
            gold=None if gold is None else read_gold(gold),
            random_state=random_state,
        ) as campaign:
            n_items = campaign.settings.n_items
        typer.echo(f"{database}: {n_items} items. Next: skbal label {database}")


def retrain(
    database: _Database,
    model: Annotated[
        str | None,
        typer.Option(help="Instead of the model of the campaign. " + _MODEL),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(help="Retrain again after this time, such as 12h or 7d."),
    ] = None,
    cron: Annotated[
        bool,
        typer.Option("--cron", help="Print a line for cron instead of training."),
    ] = False,
):
    """Train on all answers, and order the items anew."""
    with _one_line_errors():
        seconds = None if every is None else check_interval(every)
        if cron:
            typer.echo(f"{cron_times(every or '1d')} {_command(database, model)}")
            return
        with _opened(database, model) as campaign:
            while True:
                _train(campaign, is_last=seconds is None)
                if seconds is None:
                    return
                time.sleep(seconds)


def status(database: _Database):
    """Print where a campaign stands."""
    tables = require("rich.table", "campaign", "The status")
    console = require("rich.console", "campaign", "The status").Console()
    with _one_line_errors():
        with Campaign.open(database) as campaign:
            found = campaign.status()
        console.print(_table(tables, database, ["", "number"], _numbers(found)))
        if found.people:
            header = ["person", "answers", "cannot tell", "skipped", "gold", "skill"]
            rows = [_person(person) for person in found.people]
            console.print(_table(tables, "People", header, rows))


def export(
    database: _Database,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    to: Annotated[
        str | None,
        typer.Option(
            "--format",
            help=f"{', '.join(_EXPORTS)}. By default a file of JSON is for Label "
            "Studio, and one of CSV or Parquet a catalogue.",
        ),
    ] = None,
):
    """Write answers or the catalogue to a file."""
    with _one_line_errors():
        to = to or _BY_ENDING.get(path.suffix.lower(), "catalogue")
        if to not in _EXPORTS:
            raise ValueError(
                f"--format must be one of {', '.join(_EXPORTS)}, got {to!r}."
            )
        with Campaign.open(database) as campaign:
            _EXPORTS[to](campaign, path)
        typer.echo(f"{path}: {to}")


def import_(
    database: _Database,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to read.")],
    source: Annotated[str, typer.Option("--format", help=", ".join(_IMPORTS))],
    task: Annotated[
        list[str] | None,
        typer.Option(
            help="Zooniverse: the task, such as T0; of several questions, one "
            "question=T0 for each."
        ),
    ] = None,
    workflow: Annotated[
        int | None, typer.Option(help="Zooniverse: the number of the workflow.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="The entry or column that names an item."),
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(help="text=answer, what a text of the file means; text= for "
                     "'I cannot tell'."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Counts: answer=column, where the counts of an answer are."),
    ] = None,
):  # fmt: skip
    """Tell a campaign the answers in a file. The same file again changes nothing."""
    with _one_line_errors():
        if source not in _IMPORTS:
            raise ValueError(
                f"--format must be one of {', '.join(_IMPORTS)}, got {source!r}."
            )
        given = {"verbose": sys.stderr.isatty()}
        meanings = {k: v or None for k, v in _pairs(answer, "--answer").items()}
        with Campaign.open(database) as campaign:
            if source == "zooniverse":
                given |= {"workflow": workflow, "name": name, "answers": meanings}
                found = _formats.import_zooniverse(
                    campaign, path, _tasks(task), **given
                )
            elif source == "label-studio":
                given |= {"name": name, "answers": meanings}
                found = _formats.import_label_studio(campaign, path, **given)
            elif source == "counts":
                columns = _pairs(column, "--column") or None
                given |= {"name": name, "columns": columns}
                found = _formats.import_counts(campaign, path, **given)
            else:
                given |= {"answers": meanings}
                found = _formats.import_answers(campaign, path, **given)
        typer.echo(_sentence(found))


def command_line():
    """Return the commands of campaigns, as an application of typer."""
    app = typer.Typer(no_args_is_help=True, add_completion=False)

    @app.callback()
    def campaign():
        """Weeks of labelling by several people, kept in a database."""

    for name, command in [
        ("new", new),
        ("retrain", retrain),
        ("status", status),
        ("export", export),
        ("import", import_),
    ]:
        app.command(name)(command)
    return app


@contextmanager
def _one_line_errors():
    try:
        yield
    except _EXPECTED as error:
        typer.echo(f"skbal: {error}", err=True)
        raise typer.Exit(1) from None


def _rules(min_votes, consensus, chance_wrong, cannot_tell):
    rules = []
    if consensus is not None:
        rules.append({"name": "consensus", "share": consensus, "votes": min_votes})
    if chance_wrong is not None:
        numbers = {"chance": chance_wrong, "votes": min_votes}
        rules.append({"name": "chance_wrong", **numbers})
    if cannot_tell is not None:
        rules.append({"name": "cannot_tell", "votes": cannot_tell})
    return rules


def _opened(database, model):
    """Open a campaign, with another model if one is named."""
    campaign = Campaign.open(database)
    if model is None:
        return campaign
    with campaign:
        kind = campaign.settings.items
    if model == "none":
        raise ValueError("--model of retrain must name a model, got 'none'.")
    return Campaign.open(database, estimator=named_model(model, kind))


def _command(database, model):
    where = database if "://" in database else str(Path(database).resolve())
    given = [] if model is None else ["--model", model]
    command = [sys.executable, "-m", "skbal", "campaign", "retrain", where, *given]
    return shlex.join(command)


def _train(campaign, is_last):
    started = time.monotonic()
    try:
        version = campaign.retrain()
    except ValueError as error:  # for instance no answers yet
        if is_last:
            raise
        typer.echo(f"skbal: {error}", err=True)
        return
    typer.echo(f"model {version} after {time.monotonic() - started:.1f} s")


def _table(tables, title, header, rows):
    table = tables.Table(title=title)
    for place, name in enumerate(header):
        table.add_column(name, justify="right" if place else "left")
    for row in rows:
        table.add_row(*map(str, row))
    return table


def _numbers(found):
    return [
        ["items", found.n_items],
        ["still asked about", found.n_open],
        *[[f"retired: {rule}", n] for rule, n in found.retired.items()],
        ["answers", found.n_answers],
        ["cannot tell", found.n_cannot_tell],
        ["skipped", found.n_skipped],
        ["after an item was retired", found.n_late],
        ["missing until each item has enough", found.n_missing],
        ["being worked on", found.n_leased],
        ["newest model", "none" if found.model is None else found.model],
        ["answers since then", found.n_since],
    ]


def _person(person):
    gold = f"{person.n_gold_right} of {person.n_gold}" if person.n_gold else ""
    skill = "" if person.skill is None else f"{person.skill:.0%}"
    numbers = (person.n_answers, person.n_cannot_tell, person.n_skipped)
    return [person.name, *numbers, gold, skill]


def _pairs(given, option):
    """Return a dict of the values text=meaning of an option."""
    pairs = {}
    for text in given or []:
        name, sign, meaning = text.rpartition("=")
        if not sign or not name:
            raise ValueError(f"{option} must be such as text=meaning, got {text!r}.")
        pairs[name] = meaning
    return pairs


def _tasks(given):
    if not given:
        raise ValueError("--task must say which task asks the question, such as T0.")
    if len(given) == 1 and "=" not in given[0]:
        return given[0]
    return _pairs(given, "--task")


def _sentence(found):
    parts = [
        (found.n_new, "new"),
        (found.n_known, "known before"),
        (found.n_conflicts, "of people who had answered otherwise"),
        (found.n_other_items, "about items that the campaign does not have"),
        (found.n_incomplete, "incomplete"),
    ]
    return "answers: " + ", ".join(
        f"{n} {words}" for n, words in parts if n or words == "new"
    )
