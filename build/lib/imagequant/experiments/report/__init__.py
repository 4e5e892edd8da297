"""The report on a change: what the working tree answers, beside what another revision answered."""
