"""What must outlive a restart, for how long, and how it is erased."""
