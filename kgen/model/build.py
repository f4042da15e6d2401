"""What a user writes about the image of an app beside Python: names of files."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.scalars import INVALID_PATH, matching

FileName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_PATH,
            r"(?!.*\.dockerignore$)(?=.*[A-Za-z0-9])[A-Za-z0-9._@+][A-Za-z0-9._@+-]*",
            "the name of a file that kgen writes",
            "leave out folders and blanks, as in `Dockerfile.kgen`",
            100,
        )
    ),
]
"""A file of kgen's own; names that end in ``.dockerignore`` are for the files beside Dockerfiles."""

EnvExample: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_PATH,
            r"\.env\.[A-Za-z0-9._-]*[A-Za-z0-9_-]",
            "the name of an example of `.env`",
            "let it start with `.env.`, as in `.env.example`, so that it is in no image",
            100,
        )
    ),
]
"""Never ``.env`` itself, which holds secrets; and .dockerignore hides what is called so."""
