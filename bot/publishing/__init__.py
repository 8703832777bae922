"""What is made of the whole base for people to read: coverage, the site, and exports."""
