"""People's decisions about answers: which rows to look at, who looks at which, and what they said."""
