"""Social workers: what is posted, and when."""
