"""What a newer Kubernetes version changes for objects, and the changes that are nothing but another ``apiVersion``."""
