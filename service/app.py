"""App: puts the whole service together; settings in, a FastAPI application out. Nothing else wires parts to each other."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from classifier.assess import Assessor, load_assessor
from classifier.errors import BadDataFile, BadInput, FenxinError, StorageFailed
from classifier.naming import load_naming
from classifier.persons import load_persons
from classifier.taxonomy import Taxonomy
from service.access import ROLES, Caller, Doorkeeper, read_keys
from service.api import HEALTH, V1
from service.database import open_database
from service.desk import Desk
from service.duty import Duty
from service.foreman import Foreman
from service.gate import Gate
from service.group_api import GROUPS
from service.grouping import open_grouping
from service.intake import rehearse
from service.model_api import MODELS
from service.moments import utc_text
from service.pages import add_pages, tell_page
from service.problems import log_failure, problem_of
from service.review import near_codes
from service.rounds import go_round, save_learnt
from service.schemas import ProblemOut
from service.settings import Settings
from service.similar import TrainingTexts
from service.storage import forget_replies
from service.write_queue import WriteQueue

REPLIES_KEPT = timedelta(days=30)  # how long an idempotency key is remembered
RUNG_AGAIN = timedelta(days=1)  # undecided letters this young ring again when the service starts
SWITCH_SECONDS = 0.0005  # the writer lets go at every statement; by default each might cost it five milliseconds to come back
LOCAL_OFFICER = "本机经办人"


def build_app(settings: Settings, *, assessor: Assessor | None = None, now: Callable[[], datetime] | None = None) -> FastAPI:
    """Put the service together; ``assessor`` and ``now`` replace the model folder and the clock.

    Raises:
        ModelError: the model is missing or was tampered with.
        BadDataFile: a county table or the key file is wrong.
        BadInput: a setting is wrong, or the service would be open to others without keys.
        StorageFailed: the store cannot be opened or changed.
    """
    doorkeeper = _doorkeeper(settings)
    ready = assessor or load_assessor(settings.models, settings.county, settings.model_version)
    _check_departments(settings, doorkeeper, ready.taxonomy)
    clock = now or _utc_now
    database = open_database(settings.database_url)
    with database.writing() as connection:
        forget_replies(connection, before=utc_text(clock() - REPLIES_KEPT))
    desk = Desk(
        settings=settings,
        assessor=ready,
        database=database,
        doorkeeper=doorkeeper,
        now=clock,
        grouping=open_grouping(database, ready, settings.county),
        readers=ThreadPoolExecutor(settings.readers, "reader"),
        writers=WriteQueue(database) if database.single_writer else ThreadPoolExecutor(settings.readers, "writer"),
        training=TrainingTexts(settings.training_data),
        foreman=Foreman(database, settings),
        follows=assessor is None and settings.model_version is None,
        duty=Duty(settings.duty_url),
        persons=load_persons(settings.county),
        naming=load_naming(settings.county),
    )
    with database.reading() as connection:
        desk.keep_contracts(connection)
        desk.keep_danger(connection)
        desk.ring_again(connection, since=utc_text(clock() - RUNG_AGAIN))
    return _wire(desk)


def serve(settings: Settings) -> None:
    """Serve until stopped.

    Raises:
        FenxinError: it must not or cannot start; the message says why.
    """
    import uvicorn  # only who serves needs a server: tests and tools that build the app do not

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # six lines about nothing at every start
    app = build_app(settings)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()  # model and tables stay until the end: looking at them for garbage again and again would stall answers
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=False,  # addresses carry letter ids; who asks what is not for a log file
        log_config=None,
        server_header=False,
        proxy_headers=settings.api_keys_file is not None,
    )


@asynccontextmanager
async def _open_hours(app: FastAPI) -> AsyncIterator[None]:
    """What happens before the first request and after the last one."""
    desk: Desk = app.state.desk
    with suppress(Exception):  # a failed rehearsal makes the first letter slow, not the service unusable
        await desk.write(lambda: rehearse(desk.assessor, desk.database, desk.grouping, desk.now()))
    following = asyncio.create_task(go_round(desk))
    yield
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    with suppress(StorageFailed):
        await desk.think(lambda: desk.foreman.stop(desk.now()))
    with suppress(StorageFailed):  # what was learnt is learnt again from the letters
        await save_learnt(desk)
    desk.close()


def _wire(desk: Desk) -> FastAPI:
    app = FastAPI(
        title="分信 Fenxin",
        summary="信访件研判与分流",
        description="研判结果是建议，由经办人决定。出错时以 `application/problem+json`（RFC 9457）说明。",
        version="1",
        openapi_url="/v1/openapi.json",
        docs_url=None,  # the interactive page would load scripts from outside
        redoc_url=None,
        lifespan=_open_hours,
    )
    app.state.desk = desk
    app.include_router(V1)
    app.include_router(GROUPS)
    app.include_router(MODELS)
    app.include_router(HEALTH)
    add_pages(app)
    for kind in (FenxinError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _handle)
    app.add_middleware(Gate, body_limit=desk.settings.body_limit, local=desk.doorkeeper.local is not None, tell=_tell)
    _document_problems(app)
    return app


async def _handle(request: Request, error: Exception) -> Response:
    log_failure(request, problem_of(error), error)
    return _tell(request, error)


def _tell(request: Request, error: Exception) -> Response:
    path = request.url.path
    for_program = path.startswith("/v1") or path in ("/healthz", "/readyz") or "text/html" not in request.headers.get("accept", "")
    problem = problem_of(error)
    return problem.response() if for_program else tell_page(request, problem)


def _document_problems(app: FastAPI) -> None:
    """Let the OpenAPI document describe problems once, and how keys are shown."""
    generate = app.openapi

    def documented() -> dict[str, object]:
        document = generate()
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["ProblemOut"] = ProblemOut.model_json_schema()
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "API 密钥"},
            "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "API 密钥"},
        }
        document["security"] = [{"bearer": []}, {"key": []}]
        return document

    app.openapi = documented  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _doorkeeper(settings: Settings) -> Doorkeeper:
    if settings.api_keys_file:
        return Doorkeeper(read_keys(settings.api_keys_file))
    if not settings.loopback:
        raise BadInput(f"监听 {settings.host} 时必须设置 API 密钥文件；仅本机使用请监听 127.0.0.1", field="FENXIN_API_KEYS_FILE")
    roles = frozenset(settings.local_roles)
    if not roles <= ROLES:
        raise BadInput(f"只能是 {'、'.join(sorted(ROLES))}", field="FENXIN_LOCAL_ROLES")
    return Doorkeeper({}, Caller(LOCAL_OFFICER, roles))


def _check_departments(settings: Settings, doorkeeper: Doorkeeper, taxonomy: Taxonomy) -> None:
    for key in doorkeeper.keys.values():
        unknown = sorted(key.caller.departments - taxonomy.departments.keys())
        if unknown:
            near = near_codes(unknown[0], taxonomy.departments)
            like = f"；相近的有：{'、'.join(' '.join(one) for one in near)}" if near else ""
            raise BadDataFile(str(settings.api_keys_file), None, f"密钥 {key.prefix} 的 departments 中没有代码“{unknown[0]}”{like}")


def _utc_now() -> datetime:
    return datetime.now(UTC)
