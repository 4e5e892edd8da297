"""Fetches every distinct image once and packs the bytes, untouched, into tar shards with a manifest."""
