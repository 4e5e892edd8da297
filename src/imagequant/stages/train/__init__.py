"""Stage ``train``: the hybrid network learns to choose among candidates."""
