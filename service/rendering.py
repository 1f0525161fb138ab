"""Rendering: the one door to Jinja2; every page gets its form token, everything shown is escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from service import wording
from service.access import Caller
from service.answers import URGENCY, category_name, name_of
from service.forms import CSRF_COOKIE, form_token
from service.highlight import beginning
from service.presentation import alternatives, china_minute, percent

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC = HERE / "static"


def show(request: Request, template: str, caller: Caller | None, *, status: int = 200, **context: object) -> Response:
    """Render one page for a caller (None: nobody is signed in) and make sure the browser holds a form token."""
    token = form_token(request)
    desk = request.app.state.desk
    keyed, today = bool(desk.doorkeeper.keys), desk.today().isoformat()
    shown = {"caller": caller, "keyed": keyed, "token": token, "path": request.url.path, "danger": desk.danger, "today": today}
    html = _templates().get_template(template).render(**shown, **context)
    answer = HTMLResponse(html, status)
    if CSRF_COOKIE not in request.cookies:
        secure = request.url.scheme == "https"
        answer.set_cookie(CSRF_COOKIE, token, httponly=True, samesite="strict", secure=secure)
    return answer


@lru_cache(maxsize=1)
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # at the first page: a start need not wait for it

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["minute"] = china_minute
    environment.globals.update(words=wording, say=wording.say, urgency=URGENCY, category_name=category_name, name_of=name_of)
    environment.globals.update(alternatives=alternatives, beginning=beginning, percent=percent)
    return environment
