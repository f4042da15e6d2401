"""What an API server refuses beyond its schemas: its validation code, rule by rule."""
