"""Where rows live: engine, encrypted columns, claims and migrations."""
