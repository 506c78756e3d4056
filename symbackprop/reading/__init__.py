"""Reading: somebody's LaTeX becomes a tree in which every node knows where it stands."""
