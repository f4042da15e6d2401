"""Keys that clients of services take from the environment by themselves: the project's own code does not read them."""

import ast
import re
from collections.abc import Container, Iterator, Mapping

from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.source.syntax import Module, imported, meaning, nodes, walk
from kgen.detect.variables.variable import Variable

_OPENAI = ("OpenAI", "AsyncOpenAI", "ChatOpenAI", "OpenAIEmbeddings")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "OPENAI_API_KEY": tuple(
        f"{root}.{name}"
        for root in ("openai", "langchain_openai", "langchain", "langchain_community", "chatlas")
        for name in _OPENAI
    ),
    "ANTHROPIC_API_KEY": (
        *("anthropic.Anthropic", "anthropic.AsyncAnthropic", "langchain_anthropic.ChatAnthropic"),
        "chatlas.ChatAnthropic",
    ),
    "GROQ_API_KEY": ("groq.Groq", "groq.AsyncGroq", "langchain_groq.ChatGroq"),
    "GOOGLE_API_KEY": ("langchain_google_genai.ChatGoogleGenerativeAI",),
    "TAVILY_API_KEY": ("tavily.TavilyClient", "tavily.AsyncTavilyClient", "langchain_tavily.TavilySearch"),
}
"""Variable → root package and name of what reads it, if it is told no key."""

_VARIABLES = {name: variable for variable, names in _KEYS.items() for name in names}
_WORDS = sorted({name.partition(".")[2] for name in _VARIABLES})
_ROOTS = ("openai", "anthropic", "groq", "langchain", "tavily", "chatlas", "llama", "crewai", "agno")
"""Starts of the names of distributions that bring such clients."""

_TOLD = ("key", "base", "url", "client", "token")
"""What is in the names of arguments that say a key, or another server."""


def required(project: Project) -> Iterator[Variable]:
    """Yield the variable that Chainlit signs sessions with: it ends without, where people log in."""
    for module in project.modules.about("_auth_callback") if project.has("chainlit") else ():
        names = imported(module.tree)
        for node in walk(module.tree):
            marks = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
            if any(_LOGIN.fullmatch(meaning(_called(mark), names)) for mark in marks):
                yield Variable(name="CHAINLIT_AUTH_SECRET", origin=f"{module.path}:{marks[0].lineno}", is_required=True)


_LOGIN = re.compile(r"chainlit\.\w+_auth_callback|chainlit\.oauth_callback")


def _called(mark: ast.expr) -> ast.expr:
    return mark.func if isinstance(mark, ast.Call) else mark


def doubts(project: Project, known: Container[str], env: Mapping[str, object]) -> Iterator[Doubt]:
    """
    Yield the doubt about the keys that only clients read.

    Args:
        project: The project.
        known: Variables that the project's own code reads.
        env: What the environment has.
    """
    found: dict[str, str] = {}
    if project.dependencies and not any(name.startswith(_ROOTS) for name in project.dependencies):
        return
    for module in project.modules.about(*(f"{word}(" for word in _WORDS)):
        for variable, where in () if module.is_side else _taken(module):
            if variable not in known and variable not in env:
                found.setdefault(variable, where)
    for name in [each for each in found if _is_set(project, each)]:
        del found[name]
    if found:
        listed = ", ".join(f"{name} ({where})" for name, where in found.items())
        yield Doubt(
            path=("env",) if env else ("components",),
            question=f"clients take their keys from the environment: {listed}",
            help="put them into a Secret, and name them under `env`",
        )


def _taken(module: Module) -> Iterator[tuple[str, str]]:
    """Yield the variables that clients read, with the places where they are made."""
    names = imported(module.tree)
    for call in nodes(module.tree, ast.Call):
        root, _, rest = meaning(call.func, names).partition(".")
        variable = _VARIABLES.get(f"{root}.{rest.rpartition('.')[2]}")
        arguments = [each.arg or "key" for each in call.keywords]  # `**options` may have one
        if variable and not any(word in each for each in arguments for word in _TOLD):
            yield variable, f"{module.path}:{call.lineno}"


def _is_set(project: Project, variable: str) -> bool:
    """Tell whether the project's own code has the name of a variable: it may well set it."""
    return any(project.modules.having(f"'{variable}'", f'"{variable}"'))
