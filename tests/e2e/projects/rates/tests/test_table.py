from rates.table import convert


def test_converts():
    assert convert(10, "EUR", "USD") == 10.9
