"""One process that serves: a hardened daphne, and supervised services in its event loop."""
