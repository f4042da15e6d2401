"""
The one place that talks to anybody: which image a tag means today, asked of container registries.

Only ``kgen lock`` comes here. Everything else works offline.
"""
