"""`python -m latticetop`."""

from latticetop.cli import main

main()
