"""The tables of the distributions that fit the votes of Galaxy Zoo DECaLS.

``python -m benchmarks.studies.galaxy_zoo_votes.report [--results FILE]`` prints them.
Without FILE it reads the fits that are kept here.
"""

import argparse
import json
from pathlib import Path

from .run import FITS, LEVELS


def fit_table(found):
    yield "| answer | rho | std of rho | concentration (95 %) | log-lik. a galaxy: "
    yield "binomial | beta-binomial | any mixture | gain of beta a galaxy (95 %) "
    yield "| a vote | any mixture's gain over beta a galaxy (95 %) | a vote |\n"
    yield "|---" * 10 + "|\n"
    for name, one in found.items():
        low, high = one["concentration_interval"]
        logs = one["log_likelihood_per_galaxy"]
        yield f"| {name} | {one['rho']['beta-binomial']:.3f} | {one['std_of_rho']:.3f} "
        yield f"| {one['concentration']:.2f} ({low:.2f} to {high:.2f}) "
        yield " ".join(f"| {value:.3f}" for value in logs.values())
        for key, digits in (("gain_of_beta", 2), ("gain_of_mixture_over_beta", 4)):
            gained = one[key]
            low, high = gained["interval"]
            yield f" | {gained['per_galaxy']:.{digits}f} "
            yield f"({low:.{digits}f} to {high:.{digits}f}) "
            yield f"| {gained['per_vote']:.5f}"
        yield " |\n"


def coverage_table(found):
    yield "| answer | fit | " + " | ".join(f"{level:.0%}" for level in LEVELS)
    yield " | held-out log-lik. a galaxy |\n|---|---|---|---|---|---|\n"
    for name, one in found.items():
        for fit, covered in one["coverage"].items():
            shown = " | ".join(f"{covered[str(level)]:.1%}" for level in LEVELS)
            value = one["held_out"]["log_likelihood"][fit]
            yield f"| {name} | {fit} | {shown} | {value:.3f} |\n"


def report(results):
    found = json.loads(Path(results).read_text(encoding="utf-8"))
    print("".join(fit_table(found)))
    print("".join(coverage_table(found)))
    for name, one in found.items():
        gap, out = one["mixture_gap_per_galaxy"], one["held_out"]
        over = out["gain_of_mixture_over_beta"]
        rho, concentration = one["by_scipy"]
        print(
            f"{name}: scipy has rho {rho:.4f}, concentration {concentration:.4f}. The "
            f"mixture is at most {gap:.1e} nats a galaxy from the best on the grid; "
            f"held out it gains {over['mean']:+.4f} a galaxy over beta (standard "
            f"deviation over splits {over['std_over_splits']:.4f})."
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", default=FITS)
    report(parser.parse_args().results)


if __name__ == "__main__":
    main()
