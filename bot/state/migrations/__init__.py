"""How the tables became what they are. Run in a process of its own: `python -m bot.state.migrations`."""
