"""What every request passes: health answer, request id, security headers, the doorway. All synchronous."""
