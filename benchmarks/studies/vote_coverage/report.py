"""The tables of the coverage of counts of answers.

``python -m benchmarks.studies.vote_coverage.report [RUNS.jsonl]`` prints, for each set
and model, the mean over splits: the coverage of intervals of 50, 80 and 95 %, answer by
answer; the proportion of images that are far from their interval; and scores. The
second table is about the answer that most people give. Intervals are those of 95 %
(Student) for the paired difference to the posterior.
"""

import argparse

import numpy as np
from scipy.stats import t

from .._runs import read
from .run import FILES, LEVELS, MODELS, RUNS

NAMES = {
    "clothes": (
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    "photographs": (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
}


def runs_of(records, name, model):
    """Return the records of a set and a model."""
    return [r for r in records if (r["set"], r["model"]) == (name, model)]


def coverage_lines(records):
    yield "| set | answer | one Dirichlet | far | mixture | far |"
    yield "|---|---|---|---|---|---|"
    for name in FILES:
        cells = [runs_of(records, name, model) for model in MODELS]
        if not all(cells):
            continue
        for answer, word in enumerate(NAMES[name]):
            line = f"| {name} | {word} |"
            for runs in cells:
                mean = np.mean([r["coverage"][answer] for r in runs], axis=0)
                far = np.mean([r["far"][answer] for r in runs])
                line += f" {' / '.join(f'{100 * m:.1f}' for m in mean)} |"
                line += f" {100 * far:.2f} |"
            yield line


def summary_lines(records):
    yield (
        "| set | model | splits | furthest from the level: 50, 80, 95 % | far, an "
        "answer | far, any answer | score | error | seconds |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for name in FILES:
        for model in MODELS:
            runs = runs_of(records, name, model)
            if not runs:
                continue
            gaps = np.mean([r["coverage"] for r in runs], axis=0) - LEVELS
            furthest = 100 * np.abs(gaps).max(axis=0)
            means = {
                key: np.mean([r[key] for r in runs])
                for key in ("far_any", "score", "error", "seconds")
            }
            far = np.mean([r["far"] for r in runs], axis=0)
            yield (
                f"| {name} | {model} | {len(runs)} | "
                f"{', '.join(f'{gap:.1f}' for gap in furthest)} | "
                f"{100 * far.mean():.2f} (at most {100 * far.max():.2f}) | "
                f"{100 * means['far_any']:.2f} | {means['score']:.4f} | "
                f"{means['error']:.4f} | {means['seconds']:.0f} |"
            )


def leading_lines(records):
    yield "| set | model | way | log loss | minus posterior | right | AUC |"
    yield "|---|---|---|---|---|---|---|"
    for name in FILES:
        for model in MODELS:
            runs = [r["leading"] for r in runs_of(records, name, model)]
            if len(runs) < 2:
                continue
            for way in runs[0]:
                losses = np.array([r[way]["log_loss"] for r in runs])
                gaps = losses - [r["posterior"]["log_loss"] for r in runs]
                half = t.ppf(0.975, len(runs) - 1) * gaps.std(ddof=1)
                half /= np.sqrt(len(runs))
                right, auc = (
                    np.mean([r[way][key] for r in runs]) for key in ("right", "auc")
                )
                yield (
                    f"| {name} | {model} | {way} | {losses.mean():.3f} | "
                    f"{gaps.mean():+.3f} ({gaps.mean() - half:+.3f} to "
                    f"{gaps.mean() + half:+.3f}) | {100 * right:.1f} | {auc:.3f} |"
                )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    records = read(parser.parse_args().runs)
    for lines in (coverage_lines, summary_lines, leading_lines):
        print("\n".join(lines(records)), end="\n\n")


if __name__ == "__main__":
    main()
