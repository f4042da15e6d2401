"""Which Kubernetes version is meant if nobody names one."""

DEFAULT_VERSION = "1.34"
"""Of kgen.yaml, and of ``kgen validate`` where there is none."""
