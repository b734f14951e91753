"""Measures what the screen catches, and how often it cries wolf."""
