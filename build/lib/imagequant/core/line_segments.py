"""The layout of ``Candidate.line_segments``, which ``candidates.line_segments`` computes and ``model.features`` reads.

Three features per direction come first, then two.
"""

LEVEL, UPRIGHT, RISING, FALLING = range(4)
NEAR, AROUND, IN_LINE = (slice(first, 12, 3) for first in range(3))
CENTRED = slice(12, 14)
