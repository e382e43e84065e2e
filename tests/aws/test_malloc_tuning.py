"""What is large goes back to the system, in a process whose C library would keep it."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys

class Info(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

libc = ctypes.CDLL("libc.so.6")
libc.mallinfo2.restype = Info
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
if "given back" in sys.argv:
    from latticetop.aws.malloc_tuning import give_back_pages
    give_back_pages()
libc.free(libc.malloc(ctypes.c_size_t(8 << 20)))
before = libc.mallinfo2().hblkhd
page = bytes(2 << 20)
print(libc.mallinfo2().hblkhd - before >= len(page))
"""


def apart(*words: str) -> str:
    """Whether a page lies in memory of its own, once something larger was freed."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="this is not glibc 2.33"
)
def test_a_page_lies_in_memory_of_its_own() -> None:
    assert (apart(), apart("given back")) == ("False", "True")
