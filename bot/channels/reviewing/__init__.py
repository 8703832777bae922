"""The moderators' side of the bot in a terminal: the queue, forms, and what waits for a second pair of eyes."""
