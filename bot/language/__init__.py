"""What is known of each language: its words, spellings, sounds and ways of asking; one YAML file each."""
