"""Apps that a tool serves from a file, and frameworks with a server of their own, as `kgen init` finds them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import grown
from kgen.detect.found import Program
from kgen.detect.proposal import propose

CHAINLIT = "import chainlit as cl\n\n\n@cl.on_message\nasync def main(message): ...\n"
SHINY = "from shiny import App, ui\n\napp = App(ui.page_fluid(), None)\n"
PANEL = "import panel as pn\n\npn.Row().servable()\n"
NICEGUI = "from nicegui import ui\n\nui.label('hello')\nui.run({})\n"
LITSERVE = (
    "import litserve as ls\n\nif __name__ == '__main__':\n    server = ls.LitServer(None)\n    server.run(port=8001)\n"
)
MCP = "from fastmcp import FastMCP\n\nmcp = FastMCP('shop')\n\nif __name__ == '__main__':\n    mcp.run({})\n"
BENTO = (
    "import bentoml\n\nimage = bentoml.images.Image(python_version='3.11')\n\n\n@bentoml.service(image=image)\n"
    "class Model: ...\n\n\n@bentoml.service\nclass Shop:\n    model = bentoml.depends(Model)\n"
)

CASES: Mapping[str, tuple[Mapping[str, str], str, int]] = {
    "Chainlit": (
        {"requirements.txt": "chainlit\n", "chat.py": CHAINLIT, "tools.py": "import chainlit as cl\n"},
        "chainlit run chat.py --host 0.0.0.0 --port 8000 --headless",
        8000,
    ),
    "Shiny": (
        {"requirements.txt": "shiny\n", "app-core.py": SHINY},
        "shiny run --host 0.0.0.0 --port 8000 app-core.py",
        8000,
    ),
    "Shiny's short form": (
        {"requirements.txt": "shiny\n", "app.py": "from shiny.express import ui\n\nui.h1('Shop')\n"},
        "shiny run --host 0.0.0.0 --port 8000 app.py",
        8000,
    ),
    "Panel": (
        {"requirements.txt": "panel\n", "app.py": PANEL},
        "panel serve app.py --address 0.0.0.0 --port 5006 --allow-websocket-origin '*'",
        5006,
    ),
    "marimo": (
        {"requirements.txt": "marimo\n", "app.py": "import marimo\n\napp = marimo.App()\n"},
        "marimo run app.py --host 0.0.0.0 --port 2718 --headless",
        2718,
    ),
    "NiceGUI": (
        {"requirements.txt": "nicegui\n", "main.py": NICEGUI.format("reload=False, port=8085")},
        "python main.py",
        8085,
    ),
    "LitServe": ({"requirements.txt": "litserve\n", "server.py": LITSERVE}, "python server.py", 8001),
    "BentoML": (
        {"requirements.txt": "bentoml\n", "service.py": BENTO},
        "bentoml serve service:Shop --host 0.0.0.0 --port 3000",
        3000,
    ),
    "BentoML's own file": (
        {"requirements.txt": "bentoml\n", "service.py": BENTO, "bentofile.yaml": "service: 'service:svc'\n"},
        "bentoml serve service:svc --host 0.0.0.0 --port 3000",
        3000,
    ),
    "Reflex": (
        {"requirements.txt": "reflex\n", "rxconfig.py": "import reflex as rx\n", "shop/shop.py": "import reflex\n"},
        "reflex run --env prod",
        3000,
    ),
    "MCP over HTTP": (
        {"requirements.txt": "fastmcp\n", "server.py": MCP.format("transport='http', host='0.0.0.0', port=9000")},
        "python server.py",
        9000,
    ),
}


def found(folder: Path, files: Mapping[str, str]) -> Any:
    """Return the only app file that is proposed for ``files``."""
    (made,) = propose(grown(folder, files)).value or ()
    return made


def questions(program: Program) -> list[str]:
    return [each.question for each in program.doubts]


@pytest.mark.parametrize("case", CASES)
def test_what_serves_an_app(case: str, tmp_path: Path) -> None:
    files, command, port = CASES[case]
    (program,) = found(tmp_path, files).programs

    assert (program.type, program.command.value, program.port.value) == ("web", command, port)


def test_bentos_say_which_python(tmp_path: Path) -> None:
    made = found(tmp_path, {"requirements.txt": "bentoml\n", "service.py": BENTO})

    assert made.part.data["build"]["python"]["version"] == "3.11"


def test_pages_that_watch_the_source_are_doubted(tmp_path: Path) -> None:
    (program,) = found(tmp_path, {"requirements.txt": "nicegui\n", "main.py": NICEGUI.format("")}).programs

    assert questions(program) == ["NiceGUI watches the source and starts anew when it changes"]


def test_a_server_of_mcp_that_nobody_can_call_is_doubted(tmp_path: Path) -> None:
    (program,) = found(tmp_path, {"requirements.txt": "fastmcp\n", "server.py": MCP.format("")}).programs

    assert program.type == "job"
    assert any("by its input and output" in each for each in questions(program))


def test_a_server_of_mcp_that_listens_on_localhost_is_doubted(tmp_path: Path) -> None:
    files = {"requirements.txt": "fastmcp\n", "server.py": MCP.format("transport='sse'")}
    (program,) = found(tmp_path, files).programs

    assert program.type == "web"
    assert any("listens on localhost" in each for each in questions(program))


def test_a_page_of_one_tool_says_nothing_of_another(tmp_path: Path) -> None:
    own = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
    page = "import streamlit as st\n\nst.title('Shop')\n"
    files = {
        "requirements.txt": "streamlit\nchainlit\n",
        "page.py": page,
        "chat.py": CHAINLIT,
        "Dockerfile": f'{own}CMD ["chainlit", "run", "chat.py", "-w", "--port=80"]\n',
    }
    (program,) = found(tmp_path, files).programs

    assert program.command.value == "chainlit run chat.py --port=8000 --host 0.0.0.0"
    assert program.health is None
    assert program.env["CHAINLIT_APP_ROOT"].value == "/tmp"  # noqa: S108  # the one place that can be written


def test_chainlits_own_files_stay_where_they_are(tmp_path: Path) -> None:
    files = {"requirements.txt": "chainlit\n", "chat.py": CHAINLIT, "chainlit.md": "# Shop\n"}
    (program,) = found(tmp_path, files).programs

    assert {each["path"] for each in program.fields["volumes"].values()} == {"/app/.files", "/app/.chainlit"}
    assert program.doubts == ()


def test_packages_that_only_get_others_are_no_doubt(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y software-properties-common ca-certificates ffmpeg git\n"
    files = {
        "requirements.txt": "chainlit\ngitpython\n",
        "chat.py": CHAINLIT,
        "Dockerfile": f"FROM python:3.13\nWORKDIR /app\nCOPY . .\n{install}CMD chainlit run chat.py\n",
    }
    part = found(tmp_path, files).part

    assert part.data["build"]["python"]["systemPackages"] == ["git"]
    assert [each.question for each in part.doubts if "installs" in each.question] == ["Dockerfile also installs ffmpeg"]


def test_secrets_of_streamlit_are_a_file_that_the_image_lacks(tmp_path: Path) -> None:
    page = "import streamlit as st\n\n# st.secrets has it\nst.title(st.secrets['title'])\n"
    part = found(tmp_path, {"requirements.txt": "streamlit\n", "app.py": page}).part

    assert "app.py:4 reads .streamlit/secrets.toml, which is not in the image" in [
        each.question for each in part.doubts
    ]


@pytest.mark.parametrize(("transport", "wanted"), [("stdio", True), ("streamable-http --port 8000", False)])
def test_a_server_of_mcp_that_its_image_starts_over_pipes_is_doubted(
    transport: str, *, wanted: bool, tmp_path: Path
) -> None:
    start = f"FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD fastmcp run server.py --transport {transport}\n"
    files = {"requirements.txt": "fastmcp\n", "server.py": "import fastmcp\n", "Dockerfile": start}
    (program,) = found(tmp_path, files).programs

    assert any("by its input and output" in each for each in questions(program)) is wanted


@pytest.mark.parametrize(
    ("asked", "source", "files"),
    [
        ("streamlit", "import streamlit as st\nst.title('shop')\n", {}),
        ("gradio", "import gradio as gr\ndemo = gr.Blocks()\ndemo.launch()\n", {}),
        ("chainlit", "import chainlit as cl\n@cl.on_message\nasync def f(m): ...\n", {}),
        (
            "chainlit",
            "import chainlit as cl\n@cl.on_message\nasync def f(m): ...\n",
            {"Procfile": "web: chainlit run app.py --host 0.0.0.0 --port $PORT\n"},
        ),
    ],
)
def test_an_app_that_keeps_its_visitors_in_its_process_is_one(
    asked: str, source: str, files: dict[str, str], tmp_path: Path
) -> None:
    (made,) = propose(grown(tmp_path, {"requirements.txt": f"{asked}\n", "app.py": source, **files})).value or ()
    assert made.part.data["components"]["web"]["replicas"] == 1
