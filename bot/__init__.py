"""The application: use cases, platforms and wiring."""
