"""Forms: what officers type into pages, made into the same records as JSON; each form carries a token tied to a cookie."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from classifier.taxonomy import Taxonomy
from service.access import Caller
from service.desk import desk_of
from service.groups import GroupOpinion
from service.objections import Claim
from service.problems import fault_of
from service.review import Opinion
from service.schemas import LetterIn

CSRF_COOKIE = "fenxin_form"
SESSION_COOKIE = "fenxin_session"
MOST_FIELDS = 300  # a group's page has a box to tick for each letter
LETTER_FIELDS = ("title", "text", "place", "channel", "sender", "received_at")

Form = dict[str, str]


async def _read_form(request: Request) -> Form:
    """Read a form and check its token.

    Raises:
        HTTPException: not a form, not UTF-8, or not from a page of ours.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415, "应为网页表单")
    try:
        fields = parse_qsl(
            (await request.body()).decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise HTTPException(400, "表单不是有效的 UTF-8 编码") from None
    form = {name: value.replace("\r\n", "\n") for name, value in fields}
    cookie = request.cookies.get(CSRF_COOKIE, "")
    if not cookie or not hmac.compare_digest(cookie.encode(), form.get("token", "").encode()):
        raise HTTPException(403, "页面已过期，请返回后刷新页面再提交")
    return form


async def _page_caller(request: Request) -> Caller:
    """Find who is signed in.

    Raises:
        Unknown: nobody; the page asks to sign in.
    """
    desk = desk_of(request)
    return desk.doorkeeper.resume(request.cookies.get(SESSION_COOKIE), now=int(desk.now().timestamp()))


FormDep = Annotated[Form, Depends(_read_form)]
PageCallerDep = Annotated[Caller, Depends(_page_caller)]


def form_token(request: Request) -> str:
    """Give the token of this browser, a new one if it has none."""
    return request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(24)


def letter_from(form: Form) -> LetterIn:
    """Read the letter form; blank fields are absent.

    Raises:
        ValidationError: names the fields that cannot be taken.
    """
    given = {name: form[name] for name in LETTER_FIELDS if form.get(name, "").strip()}
    return LetterIn.model_validate({"text": ""} | given)


def field_faults(wrong: ValidationError) -> dict[str, str]:
    """Say per field what is wrong with it."""
    return {str(one["loc"][0]): fault_of(one) for one in wrong.errors(include_url=False, include_input=False) if one["loc"]}


def opinion_from(form: Form, taxonomy: Taxonomy) -> Opinion:
    """Read the decision form: a button names the category, or ``other`` holds a code or a name."""
    chosen = form.get("choice", "")
    category = _code(form.get("other", ""), taxonomy) if chosen == "other" else chosen
    department, purpose = form.get("department") or None, form.get("purpose") or None
    confirm = bool(category) and category == form.get("standing") and not department and not purpose
    return Opinion(
        category=category,
        department=department,
        purpose=purpose,
        reason=form.get("reason", "")[:2000],
        confirm=confirm,
        seen=_seen(form),
        not_accused=form.get("not_accused") == "yes",
    )


def claim_from(form: Form, taxonomy: Taxonomy) -> Claim:
    """Read the form of an objection."""
    typed = form.get("right_category", "").strip()
    return Claim(
        department=form.get("department", ""),
        reason=form.get("reason", "")[:2000],
        article=form.get("article", "")[:500],
        right_category=_code(typed, taxonomy) if typed else None,
        right_department=form.get("right_department") or None,
    )


def _seen(form: Form) -> int | None:
    seen = form.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else None


def group_opinion_from(form: Form) -> GroupOpinion:
    """Read the forms of a group's page; ticked letters are fields ``pick:ID``."""
    other = form.get("other", "").strip().upper().removeprefix("G-")
    return GroupOpinion(
        reason=form.get("reason", "")[:2000],
        department=form.get("department") or None,
        letters=tuple(name.removeprefix("pick:") for name in form if name.startswith("pick:")),
        other=int(other) if other.isascii() and other.isdecimal() and len(other) < 19 else None,
        seen=_seen(form),
    )


def _code(typed: str, taxonomy: Taxonomy) -> str:
    """Take ``LAND.EXPROP 土地征收补偿安置``, the code alone or the name alone."""
    words = typed.split()
    first = words[0].upper() if words else ""
    if first in taxonomy.categories:
        return first
    return next((code for code, entry in taxonomy.categories.items() if entry.name == typed.strip()), typed.strip()[:100])


def inner_path(path: str) -> str:
    """Take an address to go on to only if it is one of ours.

    >>> inner_path("/review?cursor=x"), inner_path("//evil.example"), inner_path("https://evil.example")
    ('/review?cursor=x', '/', '/')
    """
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if ours else "/"
