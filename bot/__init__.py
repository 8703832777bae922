"""A bot that answers voters' questions about an election from sourced, reviewed statements."""

__version__ = "0.1.0"
