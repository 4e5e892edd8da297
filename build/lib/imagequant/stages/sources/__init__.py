"""Stage ``sources``: the raw files named in section ``sources``, checked and linked into one folder."""
