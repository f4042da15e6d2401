"""
Rules in CEL, the Common Expression Language, as Kubernetes evaluates them.

``syntax`` reads text, ``program`` makes functions of it, the other modules hold what expressions may call.

Source: https://kubernetes.io/docs/reference/using-api/cel/
"""
