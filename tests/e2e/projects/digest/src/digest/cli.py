import json
import sys
from importlib.resources import files
from pathlib import Path

import click
from jinja2 import Template


@click.group()
def main() -> None:
    """Make digests."""


@main.command()
@click.option("--source", type=click.Path(path_type=Path), envvar="DIGEST_SOURCE", required=True)
@click.option("--keep", default=3, help="How many to show.")
def daily(source: Path, keep: int) -> None:
    """Print today's digest."""
    incidents = json.loads(source.read_text())
    worst = sorted(incidents, key=lambda each: -each["minutes"])[:keep]
    template = Template(files("digest").joinpath("daily.txt").read_text(), trim_blocks=True)
    click.echo(template.render(incidents=worst, total=len(incidents)))
    if any(each["minutes"] > 600 for each in worst):
        click.echo("an incident took longer than ten hours", err=True)
        sys.exit(3)
