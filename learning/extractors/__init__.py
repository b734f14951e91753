"""Readers of single formats, run in a child process only (learning/documents.py).

Each has `read(data, *, name, content_type, limits) -> Document`.
"""
