"""The outside: what the rooms need from it (ports.py), and who gives it."""
