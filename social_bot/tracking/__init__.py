"""Coordinators: how it went against the goals."""
