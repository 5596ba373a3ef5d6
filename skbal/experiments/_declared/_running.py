"""The units of an experiment, run where they are missing and kept when done."""

import hashlib
import json
import re
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from skbal._utils.parameters import count, flag, jobs
from skbal._utils.progress import progress_bar
from skbal._utils.provenance import versions
from skbal._utils.workers import call_all
from skbal.experiments._catalogue import load_experiment
from skbal.experiments._declared._experiment import Experiment, ExperimentUnit
from skbal.experiments._declared._file import OWNER, UnitsFile
from skbal.experiments._declared._plain import check_plain
from skbal.experiments._declared._reproduction import Reproduction

_RULES = {"quick": flag(), "n_jobs": jobs(), "verbose": count(0)}


def reproduce(
    experiment,
    *,
    arms=None,
    quick=False,
    data=None,
    output=None,
    n_jobs=None,
    device="cpu",
    verbose=0,
):
    """Run an experiment of a paper, and return our numbers beside the published ones.

    Only units that ``output`` lacks are run. Each is kept when it is done, so a process
    that was killed goes on when it is called again.

    Parameters
    ----------
    experiment : str or Experiment
        The experiment, or the name of one that skbal declares (`list_experiments`).
    arms : sequence of str, optional
        The arms to run now. None runs all. Units of the others stay missing, and those
        that ``output`` has are shown.
    quick : bool, default=False
        Whether to run a small version, which takes less than two minutes and shows that
        everything works. Its numbers cannot be compared with published ones.
    data : str or os.PathLike, optional
        The folder of data, for instance with ``mnist.npz``. None is where scikit-learn
        keeps what it downloads.
    output : str or os.PathLike, optional
        The folder that gets a file of units, ``NAME.jsonl`` or ``NAME-quick.jsonl``.
        None keeps nothing.
    n_jobs : int, optional
        Number of units at a time. ``None`` means 1 unless in a
        `joblib.parallel_config` context. The results do not depend on it.
    device : str, default="cpu"
        Where networks run, for instance "cuda".
    verbose : int, default=0
        Whether to show a progress bar. It counts units.

    Returns
    -------
    reproduction : Reproduction

    Raises
    ------
    ValueError
        If there is no experiment or arm of that name, or the file in ``output`` is of
        other settings.
    TypeError
        If an argument is of the wrong kind.
    FileNotFoundError
        If data are missing. The message says where they were looked for.
    NotADirectoryError
        If ``output`` is a file, or lies in one.
    OSError
        If ``output`` cannot be written to. No unit is run then.

    See Also
    --------
    Experiment : Declare one of your own.

    Examples
    --------
    >>> from skbal.experiments import Experiment, Measure, Published, reproduce
    >>> dice = Experiment(
    ...     name="dice",
    ...     title="The mean of dice",
    ...     question="How many pips has a die on average?",
    ...     paper="Anonymous (1900), On dice, section 1.",
    ...     arms={"six sides": 6, "twelve sides": 12},
    ...     settings={"n_throws": 4},
    ...     load=lambda folder, settings: None,
    ...     run=lambda unit: {"pips": (unit.part + 1) / 2 + 0.1 * (unit.seed - 1)},
    ...     measures=(Measure("pips", lambda result: result["pips"], n_digits=1),),
    ...     published=(Published("six sides", "pips", 3.5, "Anonymous 1900", 3),),
    ... )
    >>> header, rows = reproduce(dice).table()
    >>> header
    ['arm', 'measure', 'here (95% interval)', 'Anonymous 1900', 'agrees']
    >>> rows[0]
    ['six sides', 'pips', '3.5 (3.3 to 3.7)', '3.5', 'yes']
    """
    for name, value in (("quick", quick), ("n_jobs", n_jobs), ("verbose", verbose)):
        _RULES[name](value, name, OWNER)
    experiment = check_experiment(experiment)
    wanted = _wanted_arms(arms, experiment)
    file = UnitsFile(experiment, quick, output)
    _borrow(file, output)
    if missing := [unit for unit in file.missing() if unit[0] in wanted]:
        _run_missing(file, missing, data, output, n_jobs, device, verbose)
    return Reproduction(experiment, file.units, file.headers, quick=quick)


def check_experiment(experiment):
    """Return the experiment of a name.

    Parameters
    ----------
    experiment : str or Experiment
        The name, or the experiment itself.

    Returns
    -------
    experiment : Experiment

    Raises
    ------
    ValueError
        If skbal declares none of this name.
    TypeError
        If it is neither.
    """
    if isinstance(experiment, str):
        return load_experiment(experiment)
    if not isinstance(experiment, Experiment):
        raise TypeError(
            f"experiment of {OWNER} must be the name of an experiment or an "
            f"Experiment, got {experiment!r:.60}."
        )
    return experiment


def _wanted_arms(arms, experiment):
    """Return the names of the arms to run."""
    if arms is None:
        return experiment.arms
    if not np.iterable(arms):
        raise TypeError(
            f"arms of {OWNER} must be a list of names of arms or None, got {arms!r}."
        )
    wanted = [arms] if isinstance(arms, str) else list(arms)
    unknown = [arm for arm in wanted if arm not in experiment.arms]
    if unknown:
        raise ValueError(
            f"arms of {OWNER} must be of {experiment.name}, which has "
            f"{', '.join(map(repr, experiment.arms))}, got {unknown[0]!r}."
        )
    return wanted


def _run_missing(file, missing, folder, output, n_jobs, device, verbose):
    experiment, settings = file.experiment, file.experiment.sized(file.quick)
    # Loaded once, and sent to each worker of a cluster once.
    data = experiment.load(folder, settings)
    file.check_writable()  # missing data leave no folder behind
    run = partial(
        _one_unit, experiment.run, experiment.name, settings, data, str(device)
    )
    calls = (
        (arm, experiment.arms[arm], seed, _unfinished(file, output, arm, seed))
        for arm, seed in missing
    )
    bar = {"total": len(missing), "desc": experiment.name, "unit": "unit"}
    results = call_all(run, calls, n_jobs)
    for _, (unit, made_with) in progress_bar(results, show=verbose, **bar):
        file.add(unit, made_with)


def _unfinished(file, output, arm, seed):
    """Return where a unit may keep how far it is, or None."""
    if output is None:
        return None
    # Of these settings only: what a run of other settings left behind is not its own.
    # And of this arm only: p<0.5 and p>0.5 are the same words below.
    whose = json.dumps([arm, file.header({})["settings"]], sort_keys=True)
    digest = hashlib.sha256(whose.encode()).hexdigest()[:8]
    words = f"{file.experiment.name} {arm} {seed} {digest}"
    return Path(output, re.sub(r"\W+", "-", words) + ".unfinished")


def _one_unit(run, name, settings, data, device, arm, part, seed, unfinished):
    """Return a unit as plain data, and the versions that it was made with."""
    unit = ExperimentUnit(arm, part, seed, settings, data, device, unfinished)
    if unfinished is not None:
        unfinished.parent.mkdir(parents=True, exist_ok=True)
    start = perf_counter()
    try:
        result = run(unit)
        check_plain(result, f"What run of Experiment {name!r} returns")
    except Exception as error:
        error.add_note(f"{name}: in arm {arm!r}, seed {seed}.")
        raise
    seconds = round(perf_counter() - start, 1)
    if unfinished is not None:
        unfinished.unlink(missing_ok=True)
    plain = {"arm": arm, "seed": seed, "seconds": seconds, "device": device}
    return {**plain, "result": result}, versions()


def _borrow(file, folder):
    """Take units of another experiment that are units of this one."""
    if folder is None or file.experiment.shares is None:
        return
    other = load_experiment(file.experiment.shares)
    if other.sized(file.quick) != file.experiment.sized(file.quick):
        return
    theirs = UnitsFile(other, file.quick, folder)
    missing = set(file.missing())
    for unit in theirs.units:
        if (unit["arm"], unit["seed"]) in missing:
            file.add(unit, theirs.headers[-1]["versions"])
