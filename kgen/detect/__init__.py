"""What a Python project is, read off its files: for ``kgen init``, which writes it down. Nothing of it is ever run."""
