"""The file of an experiment: a header, and one line for each unit that is done."""

import tempfile
from pathlib import Path

from skbal._utils.json_lines import append_line, read_lines
from skbal._utils.result_files import strict

FORMAT = 1
OWNER = "reproduce"


def path_of(folder, experiment, quick):
    """Return the file of an experiment in a folder.

    Parameters
    ----------
    folder : str or os.PathLike
        The folder.
    experiment : Experiment or str
        The experiment, or its name.
    quick : bool
        Whether for its quick size, which has a file of its own.

    Returns
    -------
    path : pathlib.Path
    """
    name = getattr(experiment, "name", experiment)
    return Path(folder, f"{name}-quick.jsonl" if quick else f"{name}.jsonl")


class UnitsFile:
    """Units that are done: in a file, or in memory only.

    A line of the file is written when its unit is done. The first line says what the
    units are of. It names the versions, but neither the machine nor a folder of it. If
    the file goes on under other versions, it gets one more such line.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    quick : bool
        Whether in its quick size.
    folder : str or os.PathLike, optional
        Where the file is. None keeps the units in memory.

    Raises
    ------
    NotADirectoryError
        If the folder is a file, or lies in one.
    ValueError
        If the file is of another experiment or other settings.
    """

    def __init__(self, experiment, quick, folder=None):
        self.experiment, self.quick = experiment, quick
        self.path = None if folder is None else path_of(folder, experiment, quick)
        if folder is not None:
            _check_folder(Path(folder))
        self.headers, self.units = [], []
        for line in read_lines(self.path) if self.path else []:
            (self.units if "arm" in line else self.headers).append(line)
        for header in self.headers:
            self._check(header)
        if self.units and not self.headers:
            raise ValueError(f"{self.path} has no line that says what its units are.")

    def check_writable(self):
        """Raise an OSError, before hours of work, if no unit can be added."""
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists():
                self.path.open("ab").close()
            else:
                tempfile.TemporaryFile(dir=self.path.parent).close()
        except OSError as error:
            raise type(error)(
                f"output of {OWNER} must be a folder that can be written to, got "
                f"{self.path.parent}: {error.strerror}."
            ) from error

    def missing(self):
        """Return the units of the experiment that are not done, in their order."""
        done = {(unit["arm"], unit["seed"]) for unit in self.units}
        return [unit for unit in self.experiment.units(self.quick) if unit not in done]

    def add(self, unit, made_with):
        """Add a unit that is done.

        Parameters
        ----------
        unit : dict
            With the ``arm``, the ``seed`` and the ``result``, all plain data.
        made_with : dict of str to str
            Versions of the libraries that it was made with.
        """
        header = self.header(made_with)
        if header not in self.headers:
            self._append(self.headers, header)
        self._append(self.units, unit)

    def header(self, made_with):
        """Return what units are of, as plain data.

        Parameters
        ----------
        made_with : dict of str to str
            Versions of the libraries.

        Returns
        -------
        header : dict
        """
        experiment = self.experiment
        return strict(
            {
                "format": FORMAT,
                "experiment": experiment.name,
                "command": experiment.command(self.quick),
                "settings": experiment.sized(self.quick),
                "versions": made_with,
            }
        )

    def _append(self, lines, line):
        lines.append(strict(line))
        if self.path is not None:
            append_line(self.path, line)

    def _check(self, header):
        own = self.header({})
        if header.get("format") != FORMAT:
            raise ValueError(
                f"{self.path} has the format {header.get('format')!r}, and this "
                f"version of skbal reads {FORMAT}."
            )
        if header.get("experiment") != own["experiment"]:
            raise ValueError(
                f"{self.path} holds units of the experiment "
                f"{header.get('experiment')!r}, not of {own['experiment']!r}."
            )
        there, here = header.get("settings") or {}, own["settings"]
        names = [n for n in {**here, **there} if there.get(n) != here.get(n)]
        if names:
            differ = "; ".join(
                f"{n} was {there.get(n)!r} and is {here.get(n)!r}" for n in names
            )
            raise ValueError(
                f"{self.path} holds units of other settings: {differ}. Move the file "
                f"away, or give another output to {OWNER}."
            )


def _check_folder(folder):
    """Raise an error, before hours of work, if the folder can never be made."""
    found = next(place for place in (folder, *folder.parents) if place.exists())
    if not found.is_dir():
        raise NotADirectoryError(
            f"output of {OWNER} must be a folder, but {found} is a file."
        )
