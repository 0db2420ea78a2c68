"""What reading a damaged ``.npz`` raises."""

from __future__ import annotations

import tokenize
import zipfile
import zlib

UNREADABLE: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    EOFError,
    KeyError,  # an entry is not there
    RuntimeError,  # "encrypted", and as NotImplementedError "another version or compression"
    SyntaxError,  # an array's header is a Python literal, read before the checksum is looked at
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""Found by turning over bits one by one: neither NumPy nor `zipfile` promises which ones."""
