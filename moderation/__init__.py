"""Who may do what, and what may pass: pure judgements, no I/O."""
