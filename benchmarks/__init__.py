"""Programs that measure speed, fault tolerance, and what corrections are worth. They are not tests."""
