"""The server that the fleet calls: real, on loopback, in a process of its own, with outages of every kind."""
