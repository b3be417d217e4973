"""Pages and fragments: parse, call one action or query, answer. Closed unless marked (`recovery.permissions`)."""
