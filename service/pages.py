"""Pages: the officers' screens under ``/``, Chinese, server-rendered, complete without JavaScript."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.staticfiles import StaticFiles
from pydantic import ValidationError
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifier.letter import Disposition, assessment_json
from service.access import Caller
from service.answers import may_see_sender, proposal_json
from service.casework import record_decision, record_objection, take_letter
from service.contracts import records
from service.desk import Desk
from service.filing import Case, Links
from service.forms import (
    SESSION_COOKIE,
    Form,
    FormDep,
    PageCallerDep,
    claim_from,
    field_faults,
    inner_path,
    letter_from,
    opinion_from,
)
from service.group_listing import WantedGroups, count_groups
from service.group_pages import GROUP_PAGES
from service.group_windows import noticed_from
from service.handover import elements_of, handovers
from service.labels import Doubted, doubted
from service.letter_links import links_of
from service.listing import Wanted, list_letters
from service.model_pages import MODEL_PAGES
from service.presentation import sheet_of
from service.problems import Problem
from service.reception import DeskDep, ticket_for
from service.rendering import STATIC, show
from service.storage import open_case
from service.windows import Compartment, Cursor, insist, window

PAGES = APIRouter(include_in_schema=False)
QUEUE_LENGTH = 20  # letters on one page of the review list: their texts are shown
LIST_LENGTH = 50


def add_pages(app: FastAPI) -> None:
    """Add the pages and their style sheet to a service."""
    app.include_router(PAGES)
    app.include_router(GROUP_PAGES)
    app.include_router(MODEL_PAGES)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


@PAGES.get("/")
async def start(request: Request, desk: DeskDep, caller: PageCallerDep) -> Response:
    """Show the empty letter form."""
    return show(request, "start.html", caller, form={}, faults={}, sheet=None, key=secrets.token_hex(16), taxonomy=desk.taxonomy)


@PAGES.post("/assess")
async def assess(request: Request, desk: DeskDep, caller: PageCallerDep, form: FormDep) -> Response:
    """Assess a pasted letter without storing it."""
    caller.must("intake", "review", "discipline", "admin")
    try:
        letter = letter_from(form).letter("-")
    except ValidationError as wrong:
        return _again(request, desk, caller, form, wrong)
    assessor = desk.assessor
    assessment = await desk.think(lambda: assessment_json(assessor.assess(letter, today=desk.today())))
    similar = await desk.think(lambda: desk.similar(assessor, letter, caller))
    sheet, key = sheet_of(letter, orjson.loads(assessment), desk.taxonomy), secrets.token_hex(16)
    return show(request, "start.html", caller, form=form, faults={}, sheet=sheet, similar=similar, key=key, taxonomy=desk.taxonomy)


@PAGES.post("/letters")
async def file_letter(request: Request, desk: DeskDep, caller: PageCallerDep, form: FormDep) -> Response:
    """Store a pasted letter; sending the same form twice stores it once."""
    try:
        sent = letter_from(form)
    except ValidationError as wrong:
        return _again(request, desk, caller, form, wrong)
    body = orjson.dumps(sent.model_dump(), option=orjson.OPT_SORT_KEYS)
    reply = await take_letter(desk, caller, sent, ticket_for(caller, form.get("key") or None, "page POST /letters", body))
    receipt = orjson.loads(reply.body)
    readable = caller.may("discipline") or (caller.may("review") and receipt["access"] != "restricted")
    if readable:
        return RedirectResponse(f"/letters/{quote(receipt['id'], safe='')}", 303)
    return show(request, "receipt.html", caller, status=201, receipt=receipt)


def _again(request: Request, desk: Desk, caller: Caller, form: Form, wrong: ValidationError) -> Response:
    faults = field_faults(wrong)
    key = form.get("key") or secrets.token_hex(16)
    return show(request, "start.html", caller, status=422, form=form, faults=faults, sheet=None, key=key, taxonomy=desk.taxonomy)


@PAGES.get("/letters")
async def letters(
    request: Request,
    desk: DeskDep,
    caller: PageCallerDep,
    wanted: Annotated[Wanted, Depends(window)],
    cursor: Cursor = None,
) -> Response:
    """List stored letters, newest first."""
    insist(caller, restricted=wanted.restricted)
    page = await desk.read(lambda connection: list_letters(connection, wanted, cursor=cursor, limit=LIST_LENGTH))
    asked = {name: value for name, value in request.query_params.items() if value and name != "cursor"}
    return show(request, "letters.html", caller, page=page, asked=asked, taxonomy=desk.taxonomy)


@PAGES.get("/letters/{letter_id}")
async def letter(request: Request, desk: DeskDep, caller: PageCallerDep, letter_id: str) -> Response:
    """Show one letter with its assessment, decisions and the form to decide."""
    caller.must("review", "discipline")

    def reading(connection: Connection) -> tuple[Case, Links, dict[str, Doubted]]:
        case = open_case(connection, letter_id, restricted=caller.may("discipline"))
        return case, links_of(connection, letter_id), doubted(connection, [letter_id])

    case, links, doubts = await desk.read(reading)
    stands = case.standing
    sent = stands.department is not None and (stands.decisions > 0 or stands.disposition == Disposition.AUTO)
    return show(
        request,
        "letter.html",
        caller,
        case=case,
        sheet=sheet_of(case.letter, orjson.loads(case.json), desk.taxonomy),
        similar=await desk.think(lambda: desk.similar(desk.assessor, case.letter, caller)),
        sender=case.letter.sender if may_see_sender(case, caller) else None,
        links=links,
        proposal=proposal_json(links, case, desk.taxonomy),
        doubt=doubts.get(letter_id),
        objectable=sent and case.pending is None,
        handovers=await desk.think(lambda: handovers(case, desk.persons)),
        elements=await desk.think(lambda: elements_of(case, desk)),
        taxonomy=desk.taxonomy,
    )


@PAGES.post("/letters/{letter_id}/decision")
async def decision(desk: DeskDep, caller: PageCallerDep, form: FormDep, letter_id: str) -> Response:
    """Record what the officer decided and go back to where it was decided."""
    opinion = opinion_from(form, desk.taxonomy)
    reply = await desk.write(lambda: record_decision(desk, caller, letter_id, opinion, None))
    if orjson.loads(reply.body)["standing"]["access"] == "restricted" and not caller.may("discipline"):
        return RedirectResponse(f"/review?moved={quote(letter_id, safe='')}", 303)
    if form.get("back") == "review":
        compartment = "&compartment=restricted" if form.get("compartment") == "restricted" else ""
        return RedirectResponse(f"/review?done={quote(letter_id, safe='')}{compartment}", 303)
    return RedirectResponse(f"/letters/{quote(letter_id, safe='')}", 303)


@PAGES.post("/letters/{letter_id}/objection")
async def objection(desk: DeskDep, caller: PageCallerDep, form: FormDep, letter_id: str) -> Response:
    """Record a receiver's objection and show the letter again."""
    claim = claim_from(form, desk.taxonomy)
    await desk.write(lambda: record_objection(desk, caller, letter_id, claim, None))
    return RedirectResponse(f"/letters/{quote(letter_id, safe='')}", 303)


@PAGES.get("/review")
async def review(
    request: Request,
    desk: DeskDep,
    caller: PageCallerDep,
    compartment: Compartment = None,
    done: Annotated[str | None, Query(max_length=100)] = None,
    moved: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
) -> Response:
    """Show the letters that wait for a person, by need, each ready to be confirmed or corrected."""
    restricted = compartment is not None
    insist(caller, restricted=restricted)
    wanted = Wanted(queue=True, restricted=restricted)
    page = await desk.read(lambda connection: list_letters(connection, wanted, cursor=cursor, limit=QUEUE_LENGTH))
    ids = [line.id for line in page.lines]

    def reading(connection: Connection) -> tuple[list[Case], dict[str, Doubted]]:
        cases = [open_case(connection, one, restricted=caller.may("discipline")) for one in ids]
        return cases, doubted(connection, ids)

    cases, doubts = await desk.read(reading)
    items = [(case, sheet_of(case.letter, orjson.loads(case.json), desk.taxonomy)) for case in cases]
    return show(
        request,
        "review.html",
        caller,
        items=items,
        doubted=doubts,
        to_confirm=0 if restricted else await _groups_to_confirm(desk),
        from_senders=noticed_from(desk.grouping.flags),
        next=page.next,
        done=done,
        moved=moved,
        restricted=restricted,
        taxonomy=desk.taxonomy,
    )


async def _groups_to_confirm(desk: Desk) -> int:
    wanted = WantedGroups(state="candidate", at_least=noticed_from(desk.grouping.flags))
    return await desk.read(lambda connection: count_groups(connection, wanted))


@PAGES.get("/contract")
async def contract(request: Request, desk: DeskDep, caller: PageCallerDep) -> Response:
    """Show how the misroute contract with each department is kept."""
    caller.must("review", "admin")
    assessor = desk.assessor
    kept = await desk.read(lambda connection: records(connection, assessor))
    return show(request, "contract.html", caller, records=kept, taxonomy=desk.taxonomy, model=assessor.version)


@PAGES.get("/login")
async def login_form(request: Request, onward: Annotated[str, Query(alias="next", max_length=500)] = "/") -> Response:
    """Ask for an API key."""
    return show(request, "login.html", None, onward=inner_path(onward))


@PAGES.post("/login")
async def login(request: Request, desk: DeskDep, form: FormDep) -> Response:
    """Open a session for whoever shows a valid key."""
    hours = desk.settings.session_hours
    session = desk.doorkeeper.session(form.get("key", "").strip(), until=int(desk.now().timestamp()) + hours * 3600)
    answer = RedirectResponse(inner_path(form.get("next", "/")), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(SESSION_COOKIE, session, max_age=hours * 3600, httponly=True, samesite="strict", secure=secure)
    return answer


@PAGES.post("/logout")
async def logout(_form: FormDep) -> Response:
    """End the session."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return answer


def tell_page(request: Request, problem: Problem) -> Response:
    """Show a problem as a page; who is unknown is asked to sign in."""
    if problem.slug == "unknown-caller" and request.method == "GET":
        return RedirectResponse(f"/login?next={quote(request.url.path, safe='/')}", 303)
    answer = show(request, "problem.html", None, status=problem.status, problem=problem)
    answer.headers.update(problem.headers)
    return answer
