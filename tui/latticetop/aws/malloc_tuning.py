"""What the C library keeps of memory that was given back."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of glibc's malloc.h."""
_LARGE = 1 << 20
"""Bytes; a page of 1,000 ENIs has more."""


def give_back_pages() -> None:
    """Have glibc return what is large to the system as soon as it is free; without glibc nothing changes.

    By default it keeps the memory of a page for others like it, and ENIs come to lie in between: a tenth of all memory
    after 100,000 of them.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_MMAP_THRESHOLD, _LARGE)
