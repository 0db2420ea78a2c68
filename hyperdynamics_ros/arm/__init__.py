"""A real arm between joint trajectories and displacements of its tool's tip."""
