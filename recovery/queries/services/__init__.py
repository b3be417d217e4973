"""Services: the list, and one of them with its processes, links and tokens."""
