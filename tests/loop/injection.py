"""Errors that are raised at any line or call of some rooms of skbal.

A run counts the places at which an error may be raised. Each further run raises one at
one of these places, goes on, and must end as the undisturbed run did.
"""

import sys
from pathlib import Path

import skbal

PACKAGE = Path(skbal.__file__).parent
ROOMS = ("loop", "learner", "filters", "oracles", "stopping")


class Injection:
    """Raises an error at one place of the code that runs in its block.

    Parameters
    ----------
    event : {"line", "call"}
        Whether the places are lines or calls of functions.
    error : type
        The error.
    place : int
        The number of the place. 0 raises nothing.
    """

    def __init__(self, event, error, place=0):
        self.event, self.error, self.place = event, error, place
        self.n_places = 0

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *error):
        sys.settrace(self.before)

    def _trace(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(_FOLDERS):
            return None
        if event == self.event:
            self.n_places += 1
            if self.n_places == self.place:
                raise self.error
        return self._trace if self.event == "line" else None


_FOLDERS = tuple(f"{PACKAGE / room}/" for room in ROOMS)


def n_places(make, event):
    """Return at how many places of an undisturbed run an error may be raised.

    Parameters
    ----------
    make : callable
        Returns a new loop.
    event : {"line", "call"}
        The kind of place.

    Returns
    -------
    n_places : int
    """
    loop = make()
    with Injection(event, KeyboardInterrupt) as injection:
        loop.run()
    return injection.n_places


def interrupted(make, event, error, place):
    """Return a loop that was interrupted at one place and then ran to its end.

    Parameters
    ----------
    make : callable
        Returns a new loop.
    event : {"line", "call"}
        The kind of place.
    error : type
        The error that is raised there.
    place : int
        The number of the place.

    Returns
    -------
    loop : ActiveLearningLoop
    """
    loop = make()
    try:
        with Injection(event, error, place):
            loop.run()
    except (KeyboardInterrupt, Exception):
        pass  # scikit-learn's available_if turns any error into an AttributeError
    return loop.run()
