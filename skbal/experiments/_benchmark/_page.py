"""The page "Which strategy?", made of the stored units of the benchmark."""

from pathlib import Path

from skbal._utils.optional import require
from skbal.experiments._benchmark._declared import PREFIX
from skbal.experiments._benchmark._findings import (
    NEAR,
    RIVALS,
    alike,
    findings_of,
    on_tables,
    within_critical_difference,
)
from skbal.experiments._benchmark._models import MODELS
from skbal.experiments._benchmark._page_tables import (
    best_table,
    links,
    strategies_table,
    tables_table,
)
from skbal.experiments._benchmark._result import BenchmarkResult
from skbal.experiments._benchmark._strategies import LEFT_OUT, default_strategies
from skbal.experiments._benchmark._summary import in_repeats
from skbal.experiments._benchmark._tables import (
    CLASSIFICATION,
    MADE,
    known_tables,
)
from skbal.experiments._declared._rst import items, list_table, title, write_whole

RESULTS, IMAGES = "results", "images"
_WARNING = ".. Made by skbal benchmark --page FOLDER: change nothing here by hand.\n"
_UNITS = {
    CLASSIFICATION: "points, hundredths of the accuracy",
    "regression": "hundredths of the standard deviation of the labels",
}
_READING = (
    "**Area**: the mean score over all labels of a run, with the first ones and after "
    "each query. All comparisons are of areas.",
    "**Mean rank**: on each table the strategies are put in order by their areas, the "
    "best has rank 1, and the ranks are averaged over tables. Mean ranks that differ "
    "by less than the *critical difference* are not distinguishable by Nemenyi's test "
    "([Demsar2006]_), which allows for comparing all pairs.",
    "**Better or worse than random**: by Wilcoxon's signed-rank test over tables, "
    "corrected by Holm's method for the number of strategies. It is more sensitive "
    "than Nemenyi's test, since it compares with one strategy only. It is *open* if no "
    "difference is shown. The two tests may disagree: Nemenyi's knows ranks only, and "
    "Wilcoxon's also how large the differences are.",
    "**Gain**: the area minus that of random rows in the same repeats, with a 95% "
    "interval over repeats. *Surely* means that this interval leaves out 0, each for "
    "itself: of forty strategies that are as good as random, one is surely better by "
    "chance. One repeat has no interval. All gains of a table share the runs of random "
    "rows: if these had bad luck, all strategies look better.",
    "**Surely beaten** on a table: another strategy is better by an interval over "
    "repeats that allows for the number of strategies. Few repeats show only large "
    "differences, and one shows none.",
    "**Best of a table**: of so many strategies one is first by luck. Its gain is too "
    "high, and another run may have another winner.",
    "**Milliseconds**: processor time of one core for a query, with the predictions "
    "and draws that it needs, mean over tables. The model costs little here; with a "
    "network its draws cost more than most strategies (:ref:`query_strategies`).",
)
_LIMITS = (
    "The tables are small, and so are the models. Nothing here is about images, large "
    "pools or networks: :ref:`batches`, :ref:`pool` and :ref:`reproductions` are.",
    "One size of a batch and one number of labels are one setting. With fewer rows per "
    "query, or with more labels, the order may be another.",
    "All strategies have their defaults, and a wrapper has the strategy that it wraps "
    "by default.",
    "Tables that are made up are easy to make for or against a strategy. They were "
    "fixed before the runs, and the column *from* tells them from the others.",
)


def stored(folder):
    """Return the benchmarks whose units a folder of the page has.

    Parameters
    ----------
    folder : str or os.PathLike
        The folder, with the units in ``results``.

    Returns
    -------
    results : dict of str to BenchmarkResult
        By the name of the model.
    """
    paths = {name: Path(folder, RESULTS, f"{PREFIX}{name}.jsonl") for name in MODELS}
    return {n: BenchmarkResult.load(p) for n, p in paths.items() if p.is_file()}


def write_page(folder):
    """Write the page and its figures, and run nothing.

    Parameters
    ----------
    folder : str or os.PathLike
        The folder of the page, with the units in ``results``.

    Returns
    -------
    path : pathlib.Path
        The page.

    Raises
    ------
    FileNotFoundError
        If there are no units.
    """
    folder, results = Path(folder), stored(folder)
    if not results:
        raise FileNotFoundError(
            f"There are no units of a benchmark in {folder / RESULTS}. Run skbal "
            f"benchmark --output {folder / RESULTS} first."
        )
    for name, result in results.items():
        (folder / IMAGES).mkdir(exist_ok=True)
        figure_of(result).savefig(folder / IMAGES / f"{name}.png", dpi=110)
    write_whole(folder / "index.rst", page_of(results))
    return folder / "index.rst"


def figure_of(result):
    """Return the figure of a benchmark.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.

    Returns
    -------
    figure : matplotlib.figure.Figure
    """
    # Without pyplot, no window is opened and no backend has to be chosen.
    module = require("matplotlib.figure", "examples", "The figure of a benchmark")
    size = 7, 1.2 + 0.24 * len(result.strategies)
    figure = module.Figure(figsize=size, layout="constrained")
    result.plot(figure.subplots())
    return figure


def page_of(results):
    """Return the page.

    Parameters
    ----------
    results : dict of str to BenchmarkResult
        By the name of the model.

    Returns
    -------
    text : str
        In reStructuredText.
    """
    parts = [
        _WARNING,
        ".. _which_strategy:\n",
        title("Which strategy?", over=True),
        "All query strategies on many small tables, by one command: ``skbal "
        "benchmark``. Every number and every sentence about a number on this page is "
        "computed from the runs.\n",
        ".. admonition:: In short\n",
        *(f"   {_in_short(name, result)}\n" for name, result in results.items()),
        title("Where random rows are best, and where Margin is", "-"),
        "For regression :class:`~skbal.query.PredictiveVariance` stands in place of "
        ":class:`~skbal.query.Margin`.\n",
        *list_table(*best_table(results)),
        title("How to read it", "-"),
        *items(_READING),
    ]
    for name, result in results.items():
        parts += _section(name, result)
    parts += [title("What it does not say", "-"), *items(_LIMITS)]
    parts += _left_out(results)
    parts += _how(results)
    return "\n".join(parts)


def _in_short(name, result):
    task = MODELS[name].task
    random = findings_of(result, result.reference)
    rival = findings_of(result, RIVALS[task])
    names = list(result.mean_ranks)
    n_others = len(names) - 1
    n_open = n_others - len(random.better) - len(random.worse)
    return (
        f"- **{name}**, {len(result.tables)} tables: of {n_others} strategies "
        f"{_counted(len(random.better))} better than random, "
        f"{_counted(len(random.worse))} worse, and {_counted(n_open)} not "
        f"distinguishable from it. The first by mean rank are {links(names[:3])}. "
        f"{links([rival.name])} is in place {rival.place} of "
        f"{len(names)}, and {_none_or(rival.better)} better than it. Random rows are "
        f"in place {random.place}: best on {_number_of(random.best_on)}, and less than "
        f"{NEAR:g} below the best on {_number_of(random.near_on)}."
    )


def _section(name, result):
    model = MODELS[name]
    yield title(f"{model.task.capitalize()}: {name}", "-")
    made = sum(known_tables(model.task).get(t) == MADE for t in result.tables)
    yield (
        f"The model is {model.words}. There are {len(result.tables)} tables, of which "
        f"{made} are made up, and {in_repeats(result)} of each run. A run has "
        f"{_setting(result, 'n_queries')} queries of "
        f"{_setting(result, 'n_instances')} rows.\n"
    )
    yield f".. figure:: {IMAGES}/{name}.png\n   :alt: {_alt(result)}\n"
    yield from (f"{sentence}\n" for sentence in _sentences(result, model.task))
    yield title("Strategies", "~")
    yield f"Gains are in {_UNITS[model.task]}.\n"
    yield from list_table(*strategies_table(result))
    yield title("Tables", "~")
    yield from list_table(*tables_table(result, model.task))


def _alt(result):
    """Return the figure in words."""
    names = list(result.mean_ranks)
    return (
        f"Mean ranks of {len(names)} strategies with intervals as wide as the critical "
        f"difference, {result.critical_difference:.1f} ranks. First are "
        f"{', '.join(names[:3])}, last are {', '.join(names[-3:])}. "
        f"{result.reference} is in place {names.index(result.reference) + 1}."
    )


def _sentences(result, task):
    test, near = result.friedman, within_critical_difference(result)
    best = next(iter(result.mean_ranks))
    yield (
        f"Friedman's test: F = {test.f:.1f}, p = {test.p_value:.1g}. "
        f"{links([best])} has the best mean rank, {result.mean_ranks[best]:.1f}. "
        f"Within the critical difference of {result.critical_difference:.1f} ranks "
        f"are {len(near)} of the other {len(result.strategies) - 1} strategies, which "
        "Nemenyi's test does not tell from it."
    )
    random = findings_of(result, result.reference)
    yield f"Better than random: {links(random.better) or 'none'}."
    yield f"Worse than random: {links(random.worse) or 'none'}."
    rival = findings_of(result, RIVALS[task])
    yield f"By the same test {_none_or(rival.better)} better than {rival.name}."
    yield from _alike_sentences(result)


def _alike_sentences(result):
    everywhere = alike(result)
    for names in everywhere:
        yield f"The same rows on all tables were chosen by {links(names)}."
    two = [
        t for t, n in result.n_labels.items() if n == 2 * _setting(result, "n_first")
    ]
    if 0 < len(two) < len(result.tables):
        for names in alike(on_tables(result, two)):
            if names not in everywhere:
                yield (
                    "The same rows on all tables of two classes were chosen by "
                    f"{links(names)}."
                )


def _left_out(results):
    yield title("Left out", "-")
    lines = [f"{links([name])}: {reason}." for name, reason in LEFT_OUT.items()]
    for name, result in results.items():
        known = default_strategies(MODELS[name].task)
        missing = [n for n in known if n not in result.strategies]
        if missing:
            lines.append(f"Not run yet with {name}: {links(missing)}.")
    yield from items(lines)


def _how(results):
    yield title("How it was run", "-")
    yield ".. code-block:: bash\n"
    for name, result in results.items():
        command = f"skbal benchmark {name} --repeats {result.n_repeats}"
        yield f"   {command} --data FOLDER --output FOLDER"
    yield (
        "\nA run that was stopped goes on, and a strategy that is new is the only one "
        "that is run. ``skbal benchmark --page FOLDER`` makes this page of the units "
        "in ``FOLDER/results``. :ref:`benchmark_own` says how to add a strategy or a "
        "table of your own.\n"
    )
    settings = {n: r.provenance[0]["settings"] for n, r in results.items()}
    keys = [key for key in next(iter(settings.values())) if key != "model"]
    rows = [[f"``{k}``", *(f"{s.get(k)}" for s in settings.values())] for k in keys]
    yield from list_table(["setting", *settings], rows)
    made_with = [
        ", ".join(f"{k} {v}" for k, v in header["versions"].items())
        for result in results.values()
        for header in result.provenance
    ]
    yield f"Made with {'; '.join(dict.fromkeys(made_with))}.\n"


def _setting(result, name):
    return result.provenance[0]["settings"][name]


def _counted(number):
    return f"{number or 'none'} {'are' if number > 1 else 'is'}"


def _number_of(tables):
    return f"{len(tables) or 'no'} {'tables' if len(tables) > 1 else 'table'}"


def _none_or(names):
    if not names:
        return "no strategy is"
    return f"{links(names)} {'is' if len(names) == 1 else 'are'}"
