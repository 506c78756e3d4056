"""Settings that every test shares."""

from hypothesis import settings

# the first example pays for imports and caches: a deadline would fail by chance
settings.register_profile("symbackprop", deadline=None)
settings.load_profile("symbackprop")
