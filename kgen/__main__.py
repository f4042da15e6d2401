"""``python -m kgen``."""

from kgen.main import main

main()
