"""Proving: derived systems and steps are evaluated on random instances."""
