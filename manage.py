#!/usr/bin/env python
"""The console's commands, from the source tree."""

from recovery_site.command import main

if __name__ == "__main__":
    main()
