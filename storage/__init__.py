"""The SQLite memory that never lies, and the files beside it."""
