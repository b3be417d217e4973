"""What programs ask for over HTTP: parse, call one action or query, answer."""
