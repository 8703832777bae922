"""Question banks: what voters ask and what a careful bot does, to measure answers by."""
