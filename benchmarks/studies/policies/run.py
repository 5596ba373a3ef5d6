"""What do strategies that choose the next row gain over random rows, and over margin?

``python -m benchmarks.studies.policies.run RUNS.jsonl --data FOLDER`` adds a line for
each table, model, strategy and episode. A study that was stopped goes on when the
command is given again. ``report.py`` makes the tables. FOLDER holds ``lal_uci.npz``;
without it the ten other tables of `_tables.py` are played. `_episodes.py` says what an
episode is, and `_strategies.py` which strategies there are.

Models are a random forest of 50 trees and a logistic regression.
"""

import argparse
import time
from itertools import product

from joblib import Parallel, delayed

from .._runs import append, read
from ._episodes import MODELS, area, episode_of, played
from ._strategies import NEED_DRAWS, STRATEGIES
from ._tables import TABLES, load, there

N_EPISODES = 20


def record_of(name, model, strategy, number, data):
    """Return the record of one episode."""
    start = time.perf_counter()
    episode = episode_of(*load(name, data), number)
    n_right, _, seconds = played(episode, model, **STRATEGIES[strategy](number, name))
    return {
        "table": name,
        "model": model,
        "strategy": strategy,
        "episode": number,
        "n_pool": len(episode.y),
        "n_test": len(episode.y_test),
        "n_classes": int(episode.y.max()) + 1,
        "area": round(area(n_right, len(episode.y_test)), 6),
        "n_right": n_right,
        "seconds_choosing": round(seconds, 3),
        "seconds": round(time.perf_counter() - start, 3),
    }


def key_of(record):
    """Return what tells a record from others."""
    return tuple(record[name] for name in ("table", "model", "strategy", "episode"))


def run(options):
    tables = [name for name in options.tables if name in there(options.data)]
    if len(tables) < len(options.tables):
        print(f"Without {len(options.tables) - len(tables)} tables: no file of them.")
    done = {key_of(record) for record in read(options.runs)}
    # Episodes outermost: a study that is stopped has whole episodes of all tables.
    plays = product(range(options.episodes), options.models, tables, options.strategies)
    missing = [
        (table, model, strategy, episode)
        for episode, model, table, strategy in plays
        if (table, model, strategy, episode) not in done
        and not (model == "logistic" and strategy in NEED_DRAWS)
    ]
    workers = Parallel(n_jobs=options.jobs, return_as="generator")
    for record in workers(delayed(record_of)(*play, options.data) for play in missing):
        append(options.runs, record)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", help="file that lines are added to")
    parser.add_argument("--data", help="folder of lal_uci.npz")
    parser.add_argument(
        "--strategies", nargs="+", default=["random", "margin"], choices=STRATEGIES
    )
    parser.add_argument("--tables", nargs="+", default=list(TABLES), choices=TABLES)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    parser.add_argument("--episodes", type=int, default=N_EPISODES)
    parser.add_argument("--jobs", type=int, default=1)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
