"""Settings: one documented table, read once from the environment (prefix ``FENXIN_``) and passed inward."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from classifier.errors import BadInput

PREFIX = "FENXIN_"
ALIKE = 0.85  # of two names, from which one is taken for a slip of the other


class Settings(BaseSettings):
    """Everything an installation may choose; ``FENXIN_PORT=9000`` sets ``port``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, protected_namespaces=())

    host: str = Field(default="127.0.0.1", description="Address to listen on; other than loopback needs api_keys_file.")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port to listen on.")
    database_url: str = Field(
        default="sqlite:///./fenxin.db", description="SQLAlchemy URL of the store: sqlite:///FILE or postgresql://HOST/NAME."
    )
    models: Path = Field(default=Path("models"), description="Folder of model versions with its champion pointer.")
    model_version: str | None = Field(default=None, description="Model version to answer with; empty: the champion.")
    training_data: Path = Field(
        default=Path("training_data"),
        description="Folder of the letters the model learnt from, shown beside letters like them; without it only their ids are.",
    )
    county: Path | None = Field(default=None, description="Folder of the county's own tables (taxonomy, departments, routing …).")
    api_keys_file: Path | None = Field(
        default=None, description="CSV of API keys (prefix,sha256,officer,roles,departments?); once set, every caller needs a key."
    )
    local_roles: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("intake", "review", "model"),
        description="Roles of the local officer when no keys are set (loopback only), separated by commas.",
    )
    promote_alone: bool = Field(
        default=False,
        description="Let a challenger that passed its comparison answer without a person; otherwise somebody promotes it.",
    )
    body_limit: int = Field(default=8_000_000, ge=10_000, description="Largest request body in bytes; larger ones get 413.")
    readers: int = Field(default=4, ge=1, le=64, description="Threads that read the database or assess letters.")
    duty_url: str | None = Field(
        default=None, description="Address inside the closed network that is told the id and level of each R0 letter; empty: off."
    )
    session_hours: int = Field(default=10, ge=1, le=168, description="How long an officer stays signed in on the pages, in hours.")

    @field_validator("local_roles", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Say whether ``host`` is this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_settings(**chosen: Any) -> Settings:  # noqa: ANN401  (a value of any field)
    """Read the environment; ``chosen`` values (from the command line) win over it.

    Raises:
        BadInput: a value cannot be used, or a variable's name is misspelt; names the variable.
    """
    _refuse_slips(os.environ)
    try:
        return Settings(**chosen)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        raise BadInput(first["msg"], field=f"{PREFIX}{name.upper()}") from wrong


def _refuse_slips(names: Iterable[str]) -> None:
    """Refuse a variable that is nearly a setting: ``FENXIN_DATABSE_URL`` would start the service on an empty store."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in known and (meant := get_close_matches(name, known, n=1, cutoff=ALIKE)):
            raise BadInput(f"is no setting; {meant[0]} is", field=name)


def settings_table() -> list[tuple[str, str, str]]:
    """List every setting as (variable, default, meaning), for the document and its test."""
    return [
        (f"{PREFIX}{name.upper()}", _shown(field.default), field.description or "") for name, field in Settings.model_fields.items()
    ]


def _shown(default: object) -> str:
    """Write a default the way one would set it."""
    if default is None:
        return ""
    return ",".join(default) if isinstance(default, tuple) else str(default)
