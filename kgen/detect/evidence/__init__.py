"""What a project itself wrote down as a start: its Procfile, Dockerfile, compose files, scripts, platforms."""
