"""What keeps ``kgen init`` from writing an app file."""

from kgen.diag import Rule

SEVERAL_MANAGERS = Rule(
    code="KG3300",
    name="several-managers",
    explain="Two lock files may say different things, and the image can only follow one of them.",
)
NO_PYTHON_PROJECT = Rule(
    code="KG3301",
    name="no-python-project",
    explain="kgen knows a Python project by its lock file, requirements, `pyproject.toml` or Python files.",
)
NOTHING_TO_RUN = Rule(
    code="KG3302",
    name="nothing-to-run",
    explain="An app has something that is started: a library alone has not.",
)
RULES = (SEVERAL_MANAGERS, NO_PYTHON_PROJECT, NOTHING_TO_RUN)
