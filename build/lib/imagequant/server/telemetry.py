"""Prometheus counters and JSON logs. Neither contains photos, file names or text from photos."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

LOGGER = "imagequant.serve"
_FIELDS = "fields"


class Telemetry:
    """The counters of one server, in their own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        own: dict[str, Any] = {"namespace": "imagequant", "registry": self.registry}
        by = ("method", "route", "status")
        self.requests = Counter("requests", "Number of requests.", by, **own)
        self.seconds = Histogram("request_seconds", "Time from request to end of response.", ("route",), **own)
        self.photo_seconds = Histogram("photo_seconds", "Time to read a photo.", **own)
        self.waiting = Gauge("photos_waiting", "Photos in the queue.", **own)
        self.running = Gauge("photos_running", "Photos being read.", **own)


class JsonFormatter(logging.Formatter):
    """Formats records as JSON, one per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record with the fields passed to ``log``."""
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
    """Log an event; with ``failed``, as an error with a traceback."""
    level = logging.ERROR if failed else logging.INFO
    logging.getLogger(LOGGER).log(level, event, extra={_FIELDS: fields}, exc_info=failed)


def logging_config() -> dict[str, Any]:
    """Return a logging configuration for uvicorn's and our logs, as JSON on standard error."""
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
