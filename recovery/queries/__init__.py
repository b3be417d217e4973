"""Every read of the pages: one function, a fixed number of queries, frozen view models."""
