"""A page of the documentation for an experiment, made of its stored units."""

from pathlib import Path

from skbal.experiments._catalogue import NAMES, load_experiment
from skbal.experiments._declared._claims import claims_counted, claims_table
from skbal.experiments._declared._figure import image_of
from skbal.experiments._declared._file import UnitsFile
from skbal.experiments._declared._reproduction import Reproduction
from skbal.experiments._declared._rst import (
    in_hours,
    items,
    list_table,
    plain,
    title,
    write_whole,
)

RESULTS, IMAGES = "results", "images"
CLAIMS_RULE = (
    "A statement is “yes” if the whole 95% interval of our mean is on the side that "
    "the paper names, “no” if it is on the other side, and else “open”. “Near” asks "
    "whether the published mean may be one of runs like ours. A claim is “reproduced” "
    "if all of its statements are “yes”, “partly” if some are, “not reproduced” if "
    "none is and one is “no”, and “open” if all are. Verdicts are computed from the "
    "units."
)
_WARNING = ".. Made by {command}: change nothing here by hand.\n"


def write_page(experiment, folder, *, data=None):
    """Write the page of an experiment, its figures, and the index of all pages.

    Nothing is run. The units are read from ``FOLDER/results/NAME.jsonl``. Pages of
    other experiments whose claims are about this one are written again.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    folder : str or os.PathLike
        The folder of pages.
    data : str or os.PathLike, optional
        The folder with published curves, for the figure.

    Returns
    -------
    path : pathlib.Path
        The page.

    Raises
    ------
    FileNotFoundError
        If there are no units.
    """
    folder = Path(folder)
    found = stored(experiment, folder)
    if found is None:
        raise FileNotFoundError(
            f"There are no units of {experiment.name} in {folder / RESULTS}. Run skbal "
            f"reproduce {experiment.name} --output {folder / RESULTS} first."
        )
    for which in experiment.figures():
        (folder / IMAGES).mkdir(exist_ok=True)
        image = image_of(folder / IMAGES / f"{experiment.name}.png", which)
        found.plot(data=data, which=which).savefig(image, dpi=120)
    path = _write_text(found, folder)
    for name in NAMES:
        other = load_experiment(name)
        if experiment.name in _judged_by(other) and (theirs := stored(other, folder)):
            _write_text(theirs, folder)
    write_whole(folder / "index.rst", index_of(folder))
    return path


def _write_text(found, folder):
    path = folder / f"{found.experiment.name}.rst"
    write_whole(path, page_of(found, others_of(found.experiment, folder / RESULTS)))
    return path


def others_of(experiment, folder):
    """Return the units of other experiments that the claims of one are about.

    Parameters
    ----------
    experiment : Experiment
        The experiment with the claims.
    folder : str or os.PathLike
        The folder with the files of units.

    Returns
    -------
    others : dict of str to (Reproduction or None)
        None if a file is missing, or is of other settings.
    """
    return {name: _readable(name, folder) for name in _judged_by(experiment)}


def _judged_by(experiment):
    names = (claim.experiment for claim in experiment.claims)
    return list(dict.fromkeys(name for name in names if name is not None))


def _readable(name, folder):
    try:
        return _of_file(load_experiment(name), folder)
    except ValueError:  # units of other settings say nothing about these claims
        return None


def stored(experiment, folder):
    """Return the reproduction whose units a folder of pages has, or None.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    folder : str or os.PathLike
        The folder of pages.

    Returns
    -------
    reproduction : Reproduction or None
    """
    return _of_file(experiment, Path(folder, RESULTS))


def _of_file(experiment, folder):
    file = UnitsFile(experiment, False, folder)
    if not file.units:
        return None
    return Reproduction(experiment, file.units, file.headers)


def page_of(reproduction, others=None):
    """Return the page of an experiment.

    Parameters
    ----------
    reproduction : Reproduction
        Its units.
    others : dict of str to Reproduction, optional
        The units of other experiments that its claims are about.

    Returns
    -------
    text : str
        In reStructuredText.
    """
    experiment = reproduction.experiment
    name = experiment.name
    command = f"skbal reproduce {name}"
    parts = [
        _WARNING.format(command=f"{command} --page FOLDER"),
        f".. _reproduction_{name}:\n",
        title(experiment.title),
        f"{experiment.question}\n",
        f"The paper: {plain(experiment.paper)}\n",
        *_counterparts(experiment),
        *_claims(reproduction, others),
        *_numbers_title(experiment),
        *list_table(*_plain_cells(reproduction.table())),
        *(f"{note}\n" for note in reproduction.notes()),
        *_figures(experiment),
    ]
    if experiment.differences:
        parts.append(title("What differs from the paper", "-"))
        parts += items(experiment.differences)
    parts.append(title("How it was run", "-"))
    parts += _how(reproduction, command)
    return "\n".join(parts)


def _counterparts(experiment):
    if not experiment.counterparts:
        return
    yield title("Where each figure and table is", "-")
    rows = [
        [plain(theirs), _place(experiment, ours)]
        for theirs, ours in experiment.counterparts.items()
    ]
    yield from list_table(["in the paper", "here"], rows)


def _place(experiment, ours):
    if ours in NAMES:
        return f"``skbal reproduce {ours}`` (:ref:`reproductions`)"
    if ours in experiment.figures():
        return f":ref:`figure-{experiment.name}-{ours}`"
    return plain(ours)


def _claims(reproduction, others):
    if not reproduction.experiment.claims:
        return
    yield title("What the paper says, and what we found", "-")
    yield f"{CLAIMS_RULE}\n"
    header, rows = claims_table(reproduction, others)
    yield f"{claims_counted(rows)}\n"
    yield from list_table(*_plain_cells((header, rows)))


def _numbers_title(experiment):
    if experiment.claims:
        yield title("All numbers", "-")


def _figures(experiment):
    for which, (caption, _) in experiment.figures().items():
        image = image_of(Path(IMAGES, f"{experiment.name}.png"), which).as_posix()
        if not which:
            yield f".. figure:: {image}\n   :alt: {caption}\n"
            continue
        yield f".. _figure-{experiment.name}-{which}:\n"
        yield f".. figure:: {image}\n   :alt: {caption}\n\n   {plain(caption)}\n"


def index_of(folder):
    """Return the page that lists all experiments.

    Parameters
    ----------
    folder : str or os.PathLike
        The folder of pages.

    Returns
    -------
    text : str
        In reStructuredText.
    """
    found = {name: stored(load_experiment(name), folder) for name in NAMES}
    rows = [_index_row(name, reproduction) for name, reproduction in found.items()]
    pages = [f"   {name}" for name, reproduction in found.items() if reproduction]
    return "\n".join(
        [
            _WARNING.format(command="skbal reproduce NAME --page FOLDER"),
            ".. _reproductions:\n",
            title("Reproductions", "=", over=True),
            "Experiments of papers, run by skbal. :ref:`reproduce` says how, and how "
            "to declare one of your own.\n",
            *list_table(["experiment", "what", "paper", "state"], rows),
            ".. toctree::\n   :hidden:\n",
            *pages,
            "",
        ]
    )


def _index_row(name, reproduction):
    experiment = load_experiment(name)
    what, paper = experiment.title, experiment.paper
    if reproduction is None:
        return [f"``{name}``", what, plain(paper), "not run yet"]
    n_units = len(experiment.units())
    done = n_units - len(reproduction.missing)
    state = f"{done} of {n_units} units"
    return [f":doc:`{name} <{name}>`", what, plain(paper), state]


def _how(reproduction, command):
    experiment = reproduction.experiment
    devices = sorted({unit.get("device", "cpu") for unit in reproduction.units})
    yield f".. code-block:: bash\n\n   {command} --data FOLDER --output FOLDER\n"
    yield (
        f"{len(experiment.arms)} arms with {len(experiment.seeds())} seeds each. "
        f"{_cost(reproduction.units, ' and '.join(devices))}\n"
    )
    yield "The settings:\n"
    settings = experiment.sized()
    yield from list_table(
        ["setting", "value"], [[f"``{k}``", plain(f"{v}")] for k, v in settings.items()]
    )
    made_with = [
        ", ".join(f"{k} {v}" for k, v in header["versions"].items())
        for header in reproduction.headers
    ]
    yield f"Made with {'; '.join(dict.fromkeys(made_with))}.\n"


def _cost(units, devices):
    """Return how long the units took, in words, if that was kept."""
    seconds = [unit["seconds"] for unit in units if "seconds" in unit]
    if len(seconds) < len(units):
        return f"{len(units)} units were run on {devices}. Not all of them were timed."
    return (
        f"The {len(units)} units that were run took {in_hours(sum(seconds))} on "
        f"{devices}, the longest {in_hours(max(seconds))}."
    )


def _plain_cells(table):
    header, rows = table
    return [plain(cell) for cell in header], [list(map(plain, row)) for row in rows]
