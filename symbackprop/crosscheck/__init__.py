"""The cross-check: derived gradients against ways that know nothing of them."""
