"""Seconds that batchbald_redux takes for a batch, warm and three times, and the batch.

It runs in an environment of its own, with nothing of skbal::

    python -m venv redux-env && redux-env/bin/pip install torch batchbald_redux
    python -m benchmarks.speed.bench_batch_bald --peer redux-env/bin/python

"""

import json
import sys
import time

N_RUNS = 3


def main(path, batch_size, n_joint_samples):
    # Imported here: asv imports every file of this directory, with the peer or without.
    import numpy as np
    import torch
    from batchbald_redux.batchbald import get_batchbald_batch

    # It gives nan where a probability is zero.
    logs = torch.from_numpy(np.load(path)).clamp_min(1e-12).log()
    seconds = []
    for part in (logs[:200], *[logs] * N_RUNS):  # the first run is not counted
        torch.manual_seed(0)
        start = time.perf_counter()
        batch = get_batchbald_batch(
            part, int(batch_size), int(n_joint_samples), dtype=torch.float32
        )
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds[1:], "rows": batch.indices}))


if __name__ == "__main__":
    main(*sys.argv[1:])
