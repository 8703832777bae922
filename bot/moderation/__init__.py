"""How moderators change the base: their edits kept whole, one at a time, named, and live at once."""
