"""The languages in which staff and residents are served."""

LANGUAGES = ("fi", "sv", "en")
