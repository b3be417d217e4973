"""The console as a Django project: configuration only. What it shows and does lives in `recovery`."""
