"""RapidOCR's networks (PP-OCRv6) on OpenVINO."""
