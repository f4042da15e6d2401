"""What the source says to be a program: objects of web frameworks, workers, data apps, scripts."""
