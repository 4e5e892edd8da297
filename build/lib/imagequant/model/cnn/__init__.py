"""The CNN: its backbone, and what runs it on processors and graphics cards."""
