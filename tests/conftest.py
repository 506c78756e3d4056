"""Settings that every test shares."""

import os

# the tests have a process for each core already; read when numpy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

# the first example pays for imports and caches: a deadline would fail by chance; a run that decides
# draws the same examples every time
settings.register_profile("symbackprop", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("symbackprop")
