"""The read-only interface for the organisation's own programs: figures, goals, reports, trials, as JSON."""
