"""``DEBUG`` of Django: the variable that turns it off, or the doubt that nothing does."""

from collections.abc import Mapping
from typing import Any

from kgen.detect.django.settings import Settings, variables
from kgen.detect.found import Doubt, Fact
from kgen.detect.source.evaluated import UNKNOWN, Surroundings, run
from kgen.detect.variables.debug import SWITCH, on, switched_off
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Debugging:
    """What is done about it."""

    env: Mapping[str, Fact] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def debugging(settings: Settings) -> Debugging:
    """Return the variable that turns debugging off where it is on; a doubt where no variable does."""
    found = settings.said("DEBUG")
    if not found:
        return Debugging()
    usual = _worth(settings, {})
    if usual is not UNKNOWN and not usual:
        return Debugging()
    names = dict.fromkeys(name for module in settings.modules for name, _ in variables(module.tree))
    switches = [name for name in names if SWITCH.fullmatch(name)]
    if off := switched_off(lambda env: _worth(settings, env), switches):
        return Debugging(env={off[0]: Fact(off[1], found[1])})
    if usual is UNKNOWN:
        return Debugging()
    asked = [name for name, _ in variables(found[0])]
    help_ = f"{' and '.join(asked)} decide on it: see which value turns it off" if asked else "turn it off there"
    return Debugging(doubts=(on(found[1], help_),))


def _worth(settings: Settings, env: Mapping[str, str]) -> Any:
    """Return what ``DEBUG`` is in an environment, once all modules of the settings were read."""
    around = Surroundings(env=env)
    for module in reversed(settings.modules):
        around = run(module.tree.body, around)
    return around.names.get("DEBUG", UNKNOWN)
