"""Text as YAML: the rules of the syntax stage, places in a text, and what to say about broken text."""
