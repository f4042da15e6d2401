"""Django: which settings, which application, and what they say about hosts, databases and static files."""
