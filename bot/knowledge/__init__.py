"""What the bot knows: elections, candidates, topics, positions, facts and their sources, read from YAML."""
