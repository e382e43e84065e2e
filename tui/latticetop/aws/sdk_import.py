"""Importing what needs the AWS SDK: in a thread, since it takes long, and without what its libraries prepare in vain.

Leans on: aiohttp, which makes two TLS contexts when it is imported, with all certificates that the system trusts: 60 ms
and 2 MB where these are in one file. The clients have contexts of their own, see `shared_connections`. Without
certificates aiohttp's would trust nobody.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock

from latticetop.aws.malloc_tuning import fix_mmap_threshold

_importing = Lock()


async def import_with_sdk(module: str) -> None:
    """Import a module that imports the SDK."""
    await asyncio.to_thread(_import, module)


def _import(module: str) -> None:
    with _importing, _no_system_certificates():
        fix_mmap_threshold()
        import_module(module)


@contextmanager
def _no_system_certificates() -> Iterator[None]:
    """Load no certificates of the system inside the block, if aiohttp is still to be imported."""
    if "aiohttp" in sys.modules:
        yield
        return
    context = ssl.SSLContext
    load_default_certs = context.load_default_certs
    context.load_default_certs = lambda *_: None  # type: ignore[method-assign]
    context.set_default_verify_paths = lambda self: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        context.load_default_certs = load_default_certs  # type: ignore[method-assign]
        # Inherited before.
        del context.set_default_verify_paths
