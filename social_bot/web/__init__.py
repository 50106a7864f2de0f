"""The pages that people see, and the webhook."""
