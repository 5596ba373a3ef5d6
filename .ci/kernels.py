"""Print the name of another OpenBLAS kernel than the one of this processor.

Kernels differ in the last bits of their results, and a test that hinges on these passes
on one machine and fails on the next. OpenBLAS chooses its kernel by the processor, or
by the environment variable ``OPENBLAS_CORETYPE``. The whole suite runs with the
processor's own kernel, the fast tests of ``.ci/lowest`` with the one that is printed
here: Haswell where there is AVX-512, otherwise Sandybridge. Nothing is printed where
there is no other one; standard error says why.
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

# What the processor must have, from the newest to the oldest.
KERNELS = {"SkylakeX": "avx512f", "Haswell": "avx2", "Sandybridge": "avx"}
# Kernels of newer processors with AVX-512, which are built like that of SkylakeX.
LIKE_SKYLAKEX = {"Cooperlake", "SapphireRapids"}
LOADED = """
import json, numpy, scipy.linalg
from threadpoolctl import threadpool_info
libraries = [x for x in threadpool_info() if x["internal_api"] == "openblas"]
print(json.dumps(sorted({x["architecture"] for x in libraries})))
"""


def loaded_kernels(**environment):
    """Return the names of the kernels that NumPy and SciPy load."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def another_kernel(own):
    """Return the newest kernel that this processor can run beside its own, or None."""
    flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    own = {"SkylakeX" if name in LIKE_SKYLAKEX else name for name in own}
    runs = [name for name, flag in KERNELS.items() if flag in flags]
    return next((name for name in runs if name not in own), None)


def reason_to_skip():
    """Return in words why there is no second kernel here, or None."""
    if "OPENBLAS_CORETYPE" in os.environ:
        return "OPENBLAS_CORETYPE is set on this machine, and stays as it is"
    if platform.machine() != "x86_64" or not Path("/proc/cpuinfo").exists():
        return "kernels are chosen on Linux and x86-64 only"
    if not loaded_kernels():
        return "NumPy and SciPy do not use OpenBLAS here"
    return None


def main():
    reason = reason_to_skip()
    if reason is None:
        own = loaded_kernels()
        other = another_kernel(own)
        if other is None or loaded_kernels(OPENBLAS_CORETYPE=other) != [other]:
            reason = f"this OpenBLAS has no second kernel beside {', '.join(own)}"
    if reason is None:
        print(other)
    else:
        print(f"No second OpenBLAS kernel: {reason}.", file=sys.stderr)


if __name__ == "__main__":
    main()
