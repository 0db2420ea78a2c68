"""Errors a user can do something about."""

from __future__ import annotations


class UserError(Exception):
    """Shown as one line without a traceback; the command ends with exit code 2."""
