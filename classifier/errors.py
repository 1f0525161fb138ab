"""The product's single error tree; ``service/problems.py`` holds the one table that turns it into HTTP statuses.

FenxinError
├── BadInput          what a caller sent cannot be read          (record, row, field)
│   └── BadLine       one line of a batch file is broken          (line number)
├── BadDataFile       a county's or our own data file is wrong    (file, row, fault)
│   └── BadTrainingData  labelled letters that cannot be learnt from (file, row, fault)
├── ModelError        the model folder cannot be used
│   ├── ModelMissing  nothing there
│   └── ModelTampered a file's digest is not the manifest's
├── GroupingError     a stored profile of a letter cannot be read
├── NotFound          the letter, model or group does not exist
├── Conflict          it was already decided, or an idempotency key was reused for something else
├── Forbidden         the caller may not do this
└── StorageFailed     the disk or the database refused; nothing was written
"""

from __future__ import annotations


class FenxinError(Exception):
    """Anything that went wrong and can be said in one clear sentence."""


class BadInput(FenxinError):
    """What a caller sent cannot be read.

    >>> str(BadInput("text is empty", field="text"))
    'text: text is empty'
    """

    def __init__(self, fault: str, *, field: str = "") -> None:
        self.fault, self.field = fault, field
        super().__init__(f"{field}: {fault}" if field else fault)


class BadLine(BadInput):
    """One line of a batch file is broken; the other lines are still done.

    >>> str(BadLine("not JSON", line=7))
    'line 7: not JSON'
    """

    def __init__(self, fault: str, *, line: int, field: str = "") -> None:
        super().__init__(fault, field=field)
        self.line = line
        self.args = (f"line {line}: {self.args[0]}",)


class BadDataFile(FenxinError):
    """A data file (taxonomy, departments, routing …) is wrong: says file, row and fault.

    >>> str(BadDataFile("routing.csv", 41, "unknown category 'LAND.X'"))
    "routing.csv:41: unknown category 'LAND.X'"
    """

    def __init__(self, file: str, row: int | None, fault: str) -> None:
        self.file, self.row, self.fault = file, row, fault
        super().__init__(f"{file}:{row}: {fault}" if row else f"{file}: {fault}")


class BadTrainingData(BadDataFile):
    """Labelled letters that cannot be learnt from: says file, row and fault."""


class ModelError(FenxinError):
    """The model folder cannot be used; says which and why."""


class ModelMissing(ModelError):
    """There is no model where one was expected."""


class ModelTampered(ModelError):
    """A file's digest is not the one in the manifest; it is refused before it is read."""


class GroupingError(FenxinError):
    """A stored profile cannot be read; says which letter and why."""


class NotFound(FenxinError):
    """The thing asked for does not exist."""


class Conflict(FenxinError):
    """The request contradicts what is already stored."""


class Forbidden(FenxinError):
    """The caller is unknown or may not do this."""


class StorageFailed(FenxinError):
    """The disk or the database refused the write; nothing was stored."""
