"""Every rule has a code and a name of its own, is explained, and is seen in a golden or in a test named here."""

import errno
import importlib
import io
import os
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kgen
import kgen.features
from kgen.commands import compile as command
from kgen.commands.compile import Request, run
from kgen.diag import Rule
from kgen.rules import ALL
from kgen.write.tree import Changes

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "golden"


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(kgen.__path__, "kgen."):
        if module.name not in {"kgen.__main__", "kgen.rules"}:
            rules = getattr(importlib.import_module(module.name), "RULES", None)
            if isinstance(rules, tuple) and all(isinstance(rule, Rule) for rule in rules):
                yield module.name


MODULES = tuple(_modules())
"""All modules with ``RULES``."""

SEEN_ELSEWHERE = {
    # an app file alone cannot break these
    "unreadable-file": "test_parse.py",
    "app-file-exists": "test_init.py",
    "image-not-resolved": "test_lock.py",
    "image-of-one-architecture": "test_lock.py",
    "unused-digest": "test_lock.py",
    "unanswered-question": "test_init.py",
    "several-managers": "test_init.py",
    "no-python-project": "test_init.py",
    "nothing-to-run": "test_init.py",
    "hand-edited-output": "test_write.py",
    "file-not-made-by-kgen": "test_write.py",
    "symlink-in-output": "test_write.py",
    "output-path-taken": "test_write.py",
    "damaged-lock": "test_write.py",
    "namespace-sized-for-one-app": "test_quota.py",
    "newer-lock": "test_write.py",
    "output-of-another-app": "test_compile.py",
    "version-not-stored": "test_schema_command.py",
    "kind-not-stored": "test_schema_command.py",
    "field-not-stored": "test_schema_command.py",
    "nothing-to-validate": "test_validate.py",
    "document-too-large": "test_validate.py",
    "too-many-objects": "test_validate.py",
    "unknown-rule": "test_selection.py",
    "wrong-date": "test_selection.py",
    "option-without-effect": "test_selection.py",
    "malformed-silence": "test_selection.py",
    "silence-without-reason": "test_selection.py",
    "unknown-rule-silenced": "test_selection.py",
    "server-rule-silenced": "test_selection.py",
    "unused-silence": "test_selection.py",
    "expired-silence": "test_selection.py",
    "no-custom-resource-definition": "test_definitions.py",
    # no app file can: they are bugs
    "kgen-made-an-invalid-object": "test_manifests.py",
}
"""Rule → the test that shows it, for those that neither a golden nor ``COMMANDS`` shows."""

APP = "apiVersion: kgen/v1\nname: shop\nimage: ghcr.io/acme/shop:1.0.0\ncomponents:\n  worker: {type: worker}\n"
LARGE = "    files:\n      /large: {source: large}\n"

COMMANDS: dict[str, tuple[dict[str, str], Request, int, str]] = {
    "no-app-file": (
        {},
        Request(paths=[Path()]),
        2,
        "there is no app.yaml in `.` or below",
    ),
    "namespace-made-twice": (
        {
            "kgen.yaml": "{}\n",
            "a/app.yaml": APP.replace("image:", "namespace: x\nimage:"),
            "b/app.yaml": APP.replace("name: shop", "name: b\nnamespace: x"),
        },
        Request(paths=[Path()]),
        1,
        "`a/app.yaml` and `b/app.yaml` would both make the namespace `x`",
    ),
    "object-made-by-two-apps": (
        {
            "kgen.yaml": "secrets: {provider: external-secrets, store: vault}\n",
            "a/app.yaml": APP.replace("image:", "namespace: x\npullSecrets: [registry]\nimage:"),
            "b/app.yaml": APP.replace(
                "name: shop", "name: b\nnamespace: {name: x, create: false}\npullSecrets: [registry]"
            ),
        },
        Request(paths=[Path()]),
        1,
        "`a/app.yaml` and `b/app.yaml` would both make ExternalSecret `registry` in the namespace `x`",
    ),
    "unknown-environment": (
        {"app.yaml": APP},
        Request(paths=[Path()], environments=["prod"]),
        2,
        "no app has an environment `prod`",
    ),
    "apps-with-one-output": (
        {"one/app.yaml": APP, "two/app.yaml": APP, "kgen.yaml": "output: {compose: false}\n"},
        Request(paths=[Path()]),
        1,
        "`one/app.yaml` and `two/app.yaml` would both write `deploy/default/shop`",
    ),
    "several-environments-to-print": (
        {"app.yaml": APP + "environments: {staging: {}, production: {}}\n"},
        Request(paths=[Path()], mode="stdout"),
        2,
        "there are 2 environments, and only one can be printed",
    ),
    "key-not-settable": (
        {"app.yaml": APP},
        Request(paths=[Path()], settings=["replicas=3"]),
        2,
        "`replicas=3` cannot be set",
    ),
    "configuration-too-large": (
        {"app.yaml": APP.replace("{type: worker}", "\n    type: worker\n" + LARGE), "large": "x" * (2**20 + 1)},
        Request(paths=[Path()]),
        1,
        "the files of `worker` have 1048577 bytes, a ConfigMap holds 1048576",
    ),
    "output-not-writable": (
        {"app.yaml": APP},
        Request(paths=[Path()]),
        2,
        "`deploy/default/shop` cannot be read or written: no space left on device",
    ),
}
"""Rule → files, command, exit code and message, for what is not in a file or too large for a golden."""


def rules_of(module: str) -> tuple[Rule, ...]:
    return tuple(importlib.import_module(module).RULES)


RULES = tuple({id(rule): rule for module in MODULES for rule in rules_of(module)}.values())
FINDINGS = {
    path.relative_to(GOLDEN).parent.as_posix(): path.read_text("utf-8")
    for path in GOLDEN.glob("*/*/diagnostics.txt")
    if path.parents[1].name != "validate" or "= rule: " in path.read_text("utf-8")  # the others only count
}
SEEN = {name for text in FINDINGS.values() for name in re.findall(r"^ *= rule: (\S+)$", text, re.MULTILINE)}


def test_no_module_with_rules_is_left_out() -> None:
    """The list of all rules has those of every module."""
    assert {rule.name for rule in RULES} <= {rule.name for rule in ALL}


def test_every_rule_is_in_the_rules_of_its_module() -> None:
    for module in MODULES:
        names = {rule.name for rule in vars(importlib.import_module(module)).values() if isinstance(rule, Rule)}
        assert names <= {rule.name for rule in RULES}, module


@pytest.mark.parametrize("word", ["code", "name"])
def test_no_two_rules_share(word: str) -> None:
    words = [getattr(rule, word) for rule in RULES]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rules_are_well_formed(rule: Rule) -> None:
    assert re.fullmatch(r"KG\d{4}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert re.fullmatch(r"\S.*\.", rule.explain), "a sentence ends with a full stop"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_seen(rule: Rule) -> None:
    """In one place: if a rule has a golden now, its line in the table has to go."""
    assert [rule.name in place for place in (SEEN, SEEN_ELSEWHERE, COMMANDS)].count(True) == 1


@pytest.mark.parametrize("rule", COMMANDS)
def test_commands_say_what_is_wrong(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, request, code, message = COMMANDS[rule]
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    if rule == "output-not-writable":
        monkeypatch.setattr(command, "save", out_of_space)
    monkeypatch.chdir(tmp_path)
    out, err = io.StringIO(), io.StringIO()
    assert run(request, out, err) == code
    assert re.findall(r"^error\[KG\d{4}\]: (.+)$", err.getvalue(), re.MULTILINE) == [message]
    assert re.findall(r"= rule: (\S+)$", err.getvalue(), re.MULTILINE) == [rule]
    assert out.getvalue() == ""


def out_of_space(_: Changes) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(("rule", "test"), SEEN_ELSEWHERE.items())
def test_the_test_of_a_rule_names_it(rule: str, test: str) -> None:
    known = {each.name: each for each in RULES}
    assert rule in known, "there is no such rule"
    constants = {
        name
        for module in MODULES
        for name, value in vars(importlib.import_module(module)).items()
        if value is known[rule]
    }
    text = (ROOT / "tests" / test).read_text("utf-8")
    words = {rule, known[rule].code, *constants}
    assert any(re.search(rf"\b{re.escape(word)}\b", text) for word in words), f"{test} names none of {sorted(words)}"


def test_every_feature_has_a_building_case() -> None:
    features = {module.name.replace("_", "-") for module in pkgutil.iter_modules(kgen.features.__path__)}
    building = {path.parent.parent.name for path in GOLDEN.glob("*/*/out")}
    assert features - building == set()


@pytest.mark.parametrize("case", FINDINGS)
def test_findings_are_worded_alike(case: str) -> None:
    heads = re.findall(r"^(?:error|warning|info)\[(KG\d{4})\]: (.+)$", FINDINGS[case], re.MULTILINE)
    assert heads
    helps = re.findall(r"^ *= help: (.+)$", FINDINGS[case], re.MULTILINE)
    for words in [message for _, message in heads] + helps:
        assert not re.match(r"[A-Z](?!\w*`)", words) or words.startswith("Kubernetes"), f"starts in lower case: {words}"
        assert not words.endswith("."), f"no full stop at the end: {words}"
        assert words.count("`") % 2 == 0, f"backticks come in pairs: {words}"
    names = {rule.code: rule.name for rule in ALL}
    assert [names[code] for code, _ in heads] == re.findall(r"^ *= rule: (\S+)$", FINDINGS[case], re.MULTILINE)
