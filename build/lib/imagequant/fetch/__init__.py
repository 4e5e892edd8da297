"""Links to bytes: access rules, pacing, retries, failure reasons."""
