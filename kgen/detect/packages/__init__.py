"""What a project is installed with: package manager, dependencies, Python, and packages of Debian."""
