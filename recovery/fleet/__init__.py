"""The demonstration's fleet: real service processes that call a real server which really fails now and then.

``recovery up --demo`` runs it beside the console; by hand it is ``python -m recovery.fleet``.
"""
