"""Every write that somebody asks for: one function each, with transaction, change, audit entry and hint on commit."""
