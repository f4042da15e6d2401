"""What a program does once it runs: whether it goes on, what it asks for, and who can reach it."""
