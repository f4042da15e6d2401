"""Rates against the euro."""

RATES = {"EUR": 1.0, "CHF": 0.94, "USD": 1.09, "SEK": 11.3}


def convert(amount: float, source: str, target: str) -> float:
    return round(amount / RATES[source] * RATES[target], 2)
