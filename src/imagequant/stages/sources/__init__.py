"""Stage ``sources``: the raw files named in section ``data``, checked and linked into one folder."""
