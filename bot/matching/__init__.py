"""What a question is about: the candidates it names, the entries its words fit, the requests to refuse."""
