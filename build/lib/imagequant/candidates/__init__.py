"""Words to candidates: lines of text, quantities, line segments around them."""
