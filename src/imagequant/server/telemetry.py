"""What is counted for Prometheus, and log lines as JSON. Neither holds a photo, a file's name or a text read."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

LOGGER = "imagequant.serve"
_FIELDS = "fields"


class Telemetry:
    """The counters of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "imagequant_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "imagequant_request_seconds", "From a request's head to the end of its answer.", ("route",),
            registry=self.registry,
        )  # fmt: skip
        self.photo_seconds = Histogram("imagequant_photo_seconds", "To read one photo.", registry=self.registry)
        self.waiting = Gauge("imagequant_photos_waiting", "Photos in the queue.", registry=self.registry)
        self.running = Gauge("imagequant_photos_running", "Photos being read.", registry=self.registry)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with the fields that ``log`` gave it."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log(event: str, *, failed: BaseException | None = None, **fields: Any) -> None:
    """Writes one line; with ``failed`` it is an error with its traceback."""
    level = logging.ERROR if failed else logging.INFO
    logging.getLogger(LOGGER).log(level, event, extra={_FIELDS: fields}, exc_info=failed)


def logging_config() -> dict[str, Any]:
    """For uvicorn: its own lines and ours, as JSON on standard error."""
    handler = {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": handler},
        "loggers": {
            name: {"handlers": ["stderr"], "level": level, "propagate": False}
            for name, level in ((LOGGER, "INFO"), ("uvicorn", "WARNING"))
        },
    }
