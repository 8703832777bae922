"""The moderators' side of the bot on Telegram: only whoever stands in MODERATOR_IDS ever reaches it, in private."""
