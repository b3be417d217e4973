"""Every write that a process's report asks for: admission, one writer with group commit, acknowledged after it."""
