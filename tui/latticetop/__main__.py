"""`python -m latticetop`."""

from latticetop.cli.main import main

main()
