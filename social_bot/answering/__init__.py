"""Residents: what a message or a comment gets back."""
