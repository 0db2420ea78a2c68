"""What can go wrong with a bag, for its writer and for its reader."""

from __future__ import annotations


class BagError(ValueError):
    """A bag or a request about one breaks a rule; the message says which, and what to do."""


class StorageFailed(OSError):
    """A bag's file could not be written; the message says why, what is safe, and what to do."""
