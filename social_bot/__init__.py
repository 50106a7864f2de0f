"""Assistant behind the Facebook pages of public adult social work in Finland."""

__version__ = "0.1.0"
