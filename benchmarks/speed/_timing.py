"""Seconds, ratios and peaks of memory, shared by the benchmarks of this folder.

Ratios are medians over pairs that are measured in turn, since the speed of a machine
drifts.
"""

import argparse
import statistics
import subprocess
import threading
import time
import tracemalloc
from pathlib import Path

import psutil


def command_line(description, *, pairs=None, peer=None):
    """Return a parser of the options that the benchmarks share.

    Parameters
    ----------
    description : str
        Shown by ``--help``, as it is.
    pairs : int, optional
        Default of ``--pairs``. ``None`` leaves the option out.
    peer : str, optional
        Help of ``--peer``. ``None`` leaves the option out.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if pairs is not None:
        parser.add_argument("--pairs", type=int, default=pairs, help="pairs to measure")
    if peer is not None:
        parser.add_argument("--peer", help=peer)
    return parser


def seconds(function, *arguments, n_calls=1):
    """Return the seconds that a call takes, the mean of ``n_calls`` calls."""
    start = time.perf_counter()
    for _ in range(n_calls):
        function(*arguments)
    return (time.perf_counter() - start) / n_calls


def ratio(slow, fast, *arguments, n_pairs=5, n_fast_calls=1):
    """Return how many times as long as ``fast`` the function ``slow`` takes."""
    return statistics.median(
        seconds(slow, *arguments) / seconds(fast, *arguments, n_calls=n_fast_calls)
        for _ in range(n_pairs)
    )


def report(name, theirs, ours):
    """Print the median seconds of both and the median of their ratios."""
    ratios = [a / b for a, b in zip(theirs, ours)]
    print(
        f"{name} {statistics.median(theirs):.2f} s, "
        f"skbal {statistics.median(ours):.3f} s, "
        f"ratio {statistics.median(ratios):.1f} "
        f"(from {min(ratios):.1f} to {max(ratios):.1f}, {len(ratios)} pairs)"
    )


def extra_bytes(function, *arguments):
    """Return the peak of what ``function`` allocates, NumPy's arrays included."""
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class PeakMemory:
    """How far the resident memory of the process rises within the block.

    Attributes
    ----------
    extra : int
        Bytes beyond what was resident before.
    """

    def __enter__(self):
        self._process, self._stop = psutil.Process(), threading.Event()
        self._before, self.extra = self._resident(), 0
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._watcher.join()

    def _watch(self):
        while not self._stop.wait(0.002):
            self.extra = max(self.extra, self._resident() - self._before)

    def _resident(self):
        return self._process.memory_info().rss


def run_peer(python, script, *arguments):
    """Return what a script of this folder prints under the python of a peer."""
    command = [python, Path(__file__).with_name(script), *arguments]
    done = subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True
    )
    return done.stdout
