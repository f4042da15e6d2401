"""What a project's files say: the folder, its texts, syntax trees, imports, and its own Dockerfiles."""
