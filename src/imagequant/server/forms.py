"""What a form may hold: unknown fields, repeated ones, and text in place of a file are errors that name the field."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from fastapi import Request

from imagequant.server.schemas import problem

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_MOST_SHOWN = 40


def only(fields: Collection[str], repeated: Collection[str], files: Collection[str]) -> Callable[..., Awaitable[None]]:
    """Return a dependency that rejects all other fields, and fields other than ``repeated`` sent more than once."""

    async def check(request: Request) -> None:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind and kind not in _FORMS:
            raise problem(422, f"content-type: {kind[:_MOST_SHOWN]} is not a form; send {_FORMS[0]}")
        for name in request.query_params:
            raise problem(422, f"{name[:_MOST_SHOWN]}: send it in the form, not in the address")
        sent = (await request.form()).multi_items()
        for name, count in Counter(name for name, _ in sent).items():
            if name not in fields:
                raise problem(422, f"{name[:_MOST_SHOWN]}: unknown field; allowed: {', '.join(fields)}")
            if count > 1 and name not in repeated:
                raise problem(422, f"{name}: sent {count} times; only once is allowed")
        for name, value in sent:
            if isinstance(value, str) and name in files:
                raise problem(422, f"{name}: sent as text; send a file with a file name")
            if not isinstance(value, str) and name not in files:
                raise problem(422, f"{name}: sent as a file; send text")

    return check
