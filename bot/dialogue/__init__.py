"""From an utterance to a reply: understand it, decide what may be said, compose it."""
