"""Acting on breakers: the forms, the acts, and how far the processes are with them."""
