"""App → Plan: every question that the user left open is answered here."""
