"""What a breaker would have done under other settings: its recorded calls, told to the engine's own decision code."""
