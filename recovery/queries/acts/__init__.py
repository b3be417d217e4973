"""What operators ask before and after they act: what is offered, whom it hits, how far it is."""
