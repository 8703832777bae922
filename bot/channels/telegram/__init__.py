"""The bot on Telegram: questions, buttons, commands, inline mode and groups, by polling or by webhook.

`serving` starts it, `application` lists what is handled where, `answering` is the way from a question to its
answer. The same assistant answers as in the terminal; nothing here decides what is said of a candidate.
"""
