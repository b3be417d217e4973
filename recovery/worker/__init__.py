"""The worker: a scheduler that sees what is due, channels workers that claim it and do it, a watchdog.

A message is only a wake-up. Doubled, it is claimed once; lost, it is sent again at the next tick; and two schedulers do
no harm. `service.run` is all of it, for `up` and for `manage.py worker`; `jobs.JOBS` says what there is to do.
"""
