"""What a lesson is, and how lessons become memory and weights."""
