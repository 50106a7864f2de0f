"""A practice Page on this machine: a Graph server of its own, a page to look at, residents to play."""
