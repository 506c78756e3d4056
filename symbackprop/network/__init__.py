"""Declaring: activations, costs, layers and graphs become a system of equations."""
