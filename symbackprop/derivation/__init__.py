"""Deriving: the backward pass and its rewriting, each a function from system to system."""
