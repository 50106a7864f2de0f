"""Facebook and Messenger through the Graph API."""
