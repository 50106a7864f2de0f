"""The shared floor: whose pages, who works here, what they stand for."""
