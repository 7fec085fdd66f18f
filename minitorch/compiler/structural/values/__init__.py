"""Values and what is done with them: numbers, lists, texts, dicts and objects."""
