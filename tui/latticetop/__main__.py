"""`python -m latticetop`. Every Python can read this module, so that an old one says what is missing."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - pip refuses such a Python; a folder on its path does not.
    sys.stderr.write(
        "latticetop: Python 3.11 or newer is needed, and this is {}.{}.{}. Use a newer one, "
        "or uv, which downloads one; in the clone: uvx --from . latticetop\n".format(*sys.version_info)
    )
    sys.exit(2)

from latticetop.cli.main import main

main()
