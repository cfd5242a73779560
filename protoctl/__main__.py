"""`python -m protoctl`."""

from protoctl.cli.app import main

main()
