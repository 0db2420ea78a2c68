"""The ``hyperdynamics`` command: composes the other rooms and imports them only where they are needed."""
