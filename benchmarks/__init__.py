"""Programs that measure: speed, what faults do, what corrections are worth."""
