"""Somebody's formulas as a system: LaTeX is lowered to equations, under one convention."""
