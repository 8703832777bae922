"""Quality and speed in figures, side by side with what a simpler bot would use; see docs/benchmarks.md."""
