"""Access: who calls, by API key or as the local officer, and what their roles allow; keys are kept only as digests."""

from __future__ import annotations

import csv
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from classifier.errors import BadDataFile, Forbidden

ROLES = frozenset({"intake", "review", "discipline", "receiver", "model", "admin"})
ROLE_NAMES = {
    "intake": "收件登记",
    "review": "研判复核",
    "discipline": "检举控告专办",
    "receiver": "承办单位",
    "model": "模型管理",
    "admin": "系统管理",
}
COLUMNS = ("prefix", "sha256", "officer", "roles")
BOUND_COLUMNS = (*COLUMNS, "departments")  # a file whose keys may speak for certain departments only


class Unknown(Forbidden):
    """The caller did not show a key that is known here."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A named officer or system, with roles; every decision carries the name.

    ``departments`` are those for which the caller may object; empty: for any.
    """

    officer: str
    roles: frozenset[str]
    departments: frozenset[str] = frozenset()

    def may(self, *roles: str) -> bool:
        """Say whether the caller has one of the roles."""
        return not self.roles.isdisjoint(roles)

    def must(self, *roles: str) -> None:
        """Insist on one of the roles.

        Raises:
            Forbidden: the caller has none of them.
        """
        if not self.may(*roles):
            raise Forbidden(f"需要以下权限之一：{'、'.join(ROLE_NAMES[role] for role in roles)}；当前用户：{self.officer}")

    def must_speak_for(self, department: str) -> None:
        """Insist that the caller's key is not one of other departments.

        Raises:
            Forbidden: it names departments, and not this one.
        """
        if self.departments and department not in self.departments:
            raise Forbidden(f"该密钥只能代表 {'、'.join(sorted(self.departments))} 提出异议；当前用户：{self.officer}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key: its public prefix, the sha256 of the whole, whose it is."""

    prefix: str
    sha256: str
    caller: Caller


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Recognises callers; ``local`` is the officer without a key, only where nobody else can reach the service.

    ``secret`` seals page sessions; it is new at each start, so whoever reads the key file cannot forge one.
    """

    keys: Mapping[str, ApiKey]
    local: Caller | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def recognise(self, key: str | None) -> Caller:
        """Find who shows this key.

        Raises:
            Unknown: no key, or not one of ours.
        """
        if not key:
            if self.local:
                return self.local
            raise Unknown("需要 API 密钥：请在请求头 Authorization: Bearer 或 X-API-Key 中提供")
        known = self.keys.get(key_prefix(key))
        digest = key_digest(key)
        if known is None or not hmac.compare_digest(known.sha256, digest):
            raise Unknown("API 密钥无效或已停用")
        return known.caller

    def session(self, key: str, *, until: int) -> str:
        """Write a session for a page: valid until a moment (Unix seconds), void once the key is withdrawn.

        Raises:
            Unknown: not one of our keys.
        """
        self.recognise(key)
        prefix = key_prefix(key)
        return f"{prefix}.{until}.{self._seal(self.keys[prefix], until)}"

    def resume(self, session: str | None, *, now: int) -> Caller:
        """Find whose session this is.

        Raises:
            Unknown: none, expired, forged, or the key was withdrawn.
        """
        if self.local:
            return self.local
        prefix, _, rest = (session or "").partition(".")
        until, _, seal = rest.partition(".")
        known = self.keys.get(prefix)
        if known is None or not until.isdecimal() or not until.isascii() or len(until) > 12 or int(until) < now:
            raise Unknown("请先登录")
        if not hmac.compare_digest(self._seal(known, int(until)).encode(), seal.encode("utf-8", "replace")):
            raise Unknown("请先登录")
        return known.caller

    def _seal(self, key: ApiKey, until: int) -> str:
        return hmac.new(self.secret, f"{key.sha256}.{until}".encode(), hashlib.sha256).hexdigest()


def new_key(officer: str, roles: frozenset[str], departments: frozenset[str] = frozenset()) -> tuple[str, str]:
    """Make a key: (the key, shown once; the row to append to the key file, with a fifth column only if it names departments)."""
    key = f"fx{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    bound = ["；".join(sorted(departments))] if departments else []
    return key, ",".join([key_prefix(key), key_digest(key), officer, "；".join(sorted(roles)), *bound])


def key_prefix(key: str) -> str:
    """Give the public part of a key, by which it is found.

    >>> key_prefix("fx12ab34cd_secret_part")
    'fx12ab34cd'
    """
    return key.partition("_")[0][:20]


def key_digest(key: str) -> str:
    """Give the sha256 of a key; keys carry 256 bits of chance, so no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def read_keys(path: Path) -> dict[str, ApiKey]:
    """Read the key file (CSV ``prefix,sha256,officer,roles`` and, if wanted, ``departments``; several in a cell separated by ；).

    Raises:
        BadDataFile: names the file, the line and what is wrong with it.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as wrong:
        raise BadDataFile(str(path), None, "API 密钥文件不是 UTF-8 编码，请另存为“CSV UTF-8”") from wrong
    except OSError as wrong:
        raise BadDataFile(str(path), None, f"API 密钥文件无法读取：{wrong.strerror}") from wrong
    rows = csv.DictReader(lines)
    if tuple(rows.fieldnames or ()) not in (COLUMNS, BOUND_COLUMNS):
        raise BadDataFile(str(path), 1, f"表头应为 {','.join(COLUMNS)}，可加 departments")
    keys: dict[str, ApiKey] = {}
    for row in rows:
        key = _read_key(path, rows.line_num, row)
        if key.prefix in keys:
            raise BadDataFile(str(path), rows.line_num, f"前缀重复：{key.prefix}")
        keys[key.prefix] = key
    if not keys:
        raise BadDataFile(str(path), None, "没有任何 API 密钥")
    return keys


def _read_key(path: Path, line: int, row: Mapping[str | None, object]) -> ApiKey:
    if None in row:  # a key meant for certain departments would be one for all
        raise BadDataFile(str(path), line, "列数多于表头；要写 departments，须先在表头加上")
    prefix, digest, officer, roles, departments = (str(row.get(name) or "").strip() for name in BOUND_COLUMNS)
    if not prefix or not officer or len(officer) > 100:
        raise BadDataFile(str(path), line, "prefix 和 officer 不能为空，officer 不超过 100 字")
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise BadDataFile(str(path), line, "sha256 应为 64 位小写十六进制")
    named = _several(roles)
    if not named or not named <= ROLES:
        raise BadDataFile(str(path), line, f"roles 应为 {'、'.join(sorted(ROLES))} 中的一个或几个，以；分隔")
    return ApiKey(prefix, digest, Caller(officer, named, _several(departments)))


def _several(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.replace("；", ";").split(";") if part.strip())
