"""Where voters and moderators meet the bot: each channel shows the same replies in its own way."""
