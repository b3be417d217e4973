"""Reading rollouts: who runs what, how the two sides fare, the page and the list."""
