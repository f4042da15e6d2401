"""``kgen validate`` without the command line: documents in, verdicts out."""
