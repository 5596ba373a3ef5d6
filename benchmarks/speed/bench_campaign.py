"""Campaign: how many answers a second, and how long does `ask` take?

Run ``python -m benchmarks.speed.bench_campaign``. Beside `Campaign.tell` are ten lines
of sqlite3 that insert a row and wait for the disk, with the same settings. They check
nothing, count nothing and retire nothing. ``--url`` takes an empty database of
PostgreSQL; then only our own figures are shown.
"""

import argparse
import itertools
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from skbal.campaign import Campaign

ANSWERS = ["smooth", "featured", "artifact"]


def plain_insert(path, person, n_answers):
    """Insert answers, each in a transaction of its own."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS answer (item, answer, person)")
    for number in range(n_answers):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO answer VALUES (?, ?, ?)", (number, "smooth", person)
        )
        connection.execute("COMMIT")
    connection.close()


def together(n_threads, work):
    """Return the seconds that threads take, which are given their numbers."""
    threads = [threading.Thread(target=work, args=(k,)) for k in range(n_threads)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def answering(campaign, n_answers, seconds_of_ask, round_):
    """Return a function for `together`: a person asks for ten items and answers."""

    def work(number):
        rng, person = np.random.default_rng(number), f"person {round_} {number}"
        for _ in range(n_answers // 10):
            start = time.perf_counter()
            items = campaign.ask(10, person)
            seconds_of_ask.append(time.perf_counter() - start)
            for one in items:
                campaign.tell(one.id, ANSWERS[rng.integers(3)], person)

    return work


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--answers", type=int, default=400, help="of each person")
    parser.add_argument("--url", help="of a database of PostgreSQL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        campaign = Campaign.create(
            options.url or Path(folder, "votes.db"),
            np.zeros((options.items, 8), np.float32),
            ANSWERS,
            min_votes=3,
            max_votes=9,
            rules=[{"name": "consensus", "share": 0.9, "votes": 3}],
        )
        print(f"create, {options.items:,} items: {time.perf_counter() - start:.1f} s")
        for round_, n_people in itertools.product(range(3), (1, 8)):
            of_ask = []
            work = answering(campaign, options.answers, of_ask, round_)
            ours = n_people * options.answers / together(n_people, work)
            line = f"{n_people} people: {ours:.0f} answers a second, asking included"
            if not options.url:
                path = Path(folder, f"plain{round_}{n_people}.db")
                plain_insert(path, "", 0)
                rate = (
                    n_people
                    * options.answers
                    / together(
                        n_people, lambda k, p=path: plain_insert(p, k, options.answers)
                    )
                )
                line += f"; plain inserts {rate:.0f}, ratio {ours / rate:.2f}"
            print(f"{line}; ask(10): median {1e3 * np.median(of_ask):.0f} ms")
        campaign.close()


if __name__ == "__main__":
    main()
