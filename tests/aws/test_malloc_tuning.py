"""The mmap threshold is fixed, in a process in which glibc would have raised it."""

from __future__ import annotations

import ctypes
import sys

import pytest

from tests.command import python

SCRIPT = """
import ctypes, sys

class Info(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

libc = ctypes.CDLL("libc.so.6")
libc.mallinfo2.restype = Info
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
if "fixed" in sys.argv:
    from latticetop.aws.malloc_tuning import fix_mmap_threshold
    fix_mmap_threshold()
libc.free(libc.malloc(ctypes.c_size_t(8 << 20)))
before = libc.mallinfo2().hblkhd
page = bytes(2 << 20)
print(libc.mallinfo2().hblkhd - before >= len(page))
"""


def is_mapped(*arguments: str) -> str:
    """Whether a page of 2 MiB is mapped separately, after a larger allocation was freed."""
    return python(SCRIPT, *arguments).out.strip()


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="this is not glibc 2.33"
)
def test_a_page_is_mapped_separately() -> None:
    assert (is_mapped(), is_mapped("fixed")) == ("False", "True")
