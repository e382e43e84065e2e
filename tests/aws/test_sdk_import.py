"""What the import of the SDK leaves out, in a process in which nothing was imported before."""

from __future__ import annotations

from pathlib import Path

import botocore
import pytest

from tests.command import python

SCRIPT = """
import asyncio, ssl, sys
from latticetop.aws.sdk_import import import_with_sdk

assert "aiohttp" not in sys.modules
if "ours" in sys.argv:
    asyncio.run(import_with_sdk("latticetop.aws.reader"))
from aiohttp.connector import _SSL_CONTEXT_VERIFIED as context

trusted, others = context.get_ca_certs(), ssl.create_default_context().get_ca_certs()
print(context.verify_mode.name, bool(trusted), bool(others), "set_default_verify_paths" in vars(ssl.SSLContext))
"""


@pytest.mark.parametrize(
    ("way", "printed"), [("ours", "CERT_REQUIRED False True False"), ("usual", "CERT_REQUIRED True True False")]
)
def test_aiohttp_loads_no_certificates_that_no_client_uses(way: str, printed: str) -> None:
    certificates = Path(botocore.__file__).with_name("cacert.pem")
    assert python(SCRIPT, way, SSL_CERT_FILE=str(certificates)).out.strip() == printed
