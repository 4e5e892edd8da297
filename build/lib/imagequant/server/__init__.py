"""The web server: a page and an API for questions about photos, and a page to review answers."""
