from click.testing import CliRunner

from digest.cli import main


def test_daily():
    assert "2 incidents" in CliRunner().invoke(main, ["daily", "--source", "incidents.json"]).output
