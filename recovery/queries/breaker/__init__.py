"""The parts of a breaker's page, each read on its own, so that each can be pushed on its own."""
