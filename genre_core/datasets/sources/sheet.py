"""Tables from outside, CSV or Parquet: rows of text, forgiving what programs write differently."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genre_core.errors import DatasetError

CSV_EXTENSIONS = frozenset({".csv", ".tsv", ".tab", ".txt"})
PARQUET_EXTENSIONS = frozenset({".parquet", ".pq"})
_SEPARATORS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LONGEST_FIELD = 1 << 24
_MOST_BYTES = 2_000_000_000
_NOTHING = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>"})


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Attributes
    ----------
    path : Path
    names : tuple of str
        Columns as written.
    rows : list of (int, list of str)
        Line in the file (of a Parquet table: row from 1) and a value a column; missing values are empty.
    """

    path: Path
    names: tuple[str, ...]
    rows: list[tuple[int, list[str]]]

    def column(self, *wanted: str) -> int | None:
        """Index of the first of these columns that is there, by its name without case, spaces and signs; None if none is."""
        known = {plain_name(name): index for index, name in reversed(list(enumerate(self.names)))}
        return next((known[name] for name in wanted if name in known), None)


def plain_name(name: str) -> str:
    """A column's name as it is compared: `File Name` is `file_name`."""
    return re.sub(r"[\s._-]+", "_", unicodedata.normalize("NFC", name).strip().casefold())


def is_nothing(value: str) -> bool:
    """Whether a value stands for none: empty, or the word of some program for it."""
    return value.strip().casefold() in _NOTHING


def read_names(path: Path) -> tuple[str, ...]:
    """The columns' names alone; raises what `read_sheet` raises."""
    if path.suffix.lower() in PARQUET_EXTENSIONS:
        return _parquet_names(path)
    lines = text_lines(_bytes(path, most=1 << 20))
    return tuple(next(_parsed(lines, _separator(lines)), (0, []))[1])


def read_sheet(path: Path) -> Sheet:
    """Read a table; separator, byte order mark and encoding are found out.

    Raises
    ------
    DatasetError
        If it cannot be read, is no table, has two columns of one name, or holds no rows.
    """
    sheet = _read_parquet(path) if path.suffix.lower() in PARQUET_EXTENSIONS else _read_csv(path)
    twice = [name for name, count in Counter(map(plain_name, sheet.names)).items() if count > 1 and name]
    if twice:
        raise DatasetError(f"Each column of {path} needs a name of its own. Received {twice[0]!r} twice.")
    if not sheet.rows:
        raise DatasetError(f"Expected a table with one row a song in {path}. Received: no rows below its names.")
    return sheet


def _read_csv(path: Path) -> Sheet:
    return parse_sheet(_bytes(path), path)


def parse_sheet(content: bytes, path: Path) -> Sheet:
    """The table in the bytes of a CSV file; `path` is what errors call it.

    Raises
    ------
    DatasetError
        If it is no table.
    """
    lines = text_lines(content)
    rows = _parsed(lines, _separator(lines))
    try:
        _, names = next(rows, (0, []))
        if len(names) < 2:
            raise DatasetError(
                f"Expected a table with at least two columns in {path}. Received: {', '.join(names) or 'an empty file'}."
            )
        found = [(line, (row + [""] * (len(names) - len(row)))) for line, row in rows if any(value.strip() for value in row)]
    except csv.Error as error:
        raise DatasetError(f"{path} cannot be read as a table: {error}. Save it as CSV again.") from error
    return Sheet(path, tuple(name.strip() for name in names), found)


def text_lines(content: bytes) -> str:
    """The text of a CSV file: by its mark, else UTF-8, else the encoding of western Windows."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _bytes(path: Path, most: int = _MOST_BYTES) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > _MOST_BYTES:
            raise DatasetError(f"{path} has {path.stat().st_size / 1e9:.1f} GB: expected a table of at most 2 GB. Split it.")
        with path.open("rb") as file:
            content = file.read(most)
    except OSError as error:
        raise DatasetError(f"The table {path} cannot be read: {error.strerror or error}.") from error
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DatasetError(f"Expected a table of text in {path}. Received: other bytes. Save it as CSV, or name it .parquet.")
    return content


def _separator(text: str) -> str:
    """The separator by which the first line falls into most columns; a line `sep=;` says it itself."""
    first = next((line for line in text[:1_000_000].splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    return max(_SEPARATORS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))


def _parsed(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line where a row begins, and its values."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    before, begun = 0, False
    for row in reader:
        line, before = before + 1, reader.line_num
        is_hint = not begun and len(row) <= 2 and row[:1] and row[0].lower().startswith("sep=")
        if is_hint or (not begun and not any(value.strip() for value in row)):
            continue
        begun = True
        yield line, row


def _parquet_names(path: Path) -> tuple[str, ...]:
    import pyarrow
    from pyarrow import parquet

    try:
        return tuple(parquet.read_schema(path).names)
    except (OSError, pyarrow.ArrowException) as error:
        raise DatasetError(f"{path} cannot be read as a Parquet table: {error}.") from error


def _read_parquet(path: Path) -> Sheet:
    """Columns of text and numbers; what holds bytes or nested values (sound inside the table) is left where it is."""
    import pyarrow
    from pyarrow import parquet, types

    try:
        schema = parquet.read_schema(path)
        nested = [entry.name for entry in schema if types.is_nested(entry.type) or types.is_large_binary(entry.type)]
        nested += [entry.name for entry in schema if types.is_binary(entry.type)]
        names = [name for name in schema.names if name not in nested]
        table = parquet.read_table(path, columns=names)
    except (OSError, pyarrow.ArrowException) as error:
        raise DatasetError(f"{path} cannot be read as a Parquet table: {error}.") from error
    if nested and len(names) < 2:
        raise DatasetError(
            f"The sound lies inside {path} ({', '.join(nested)}): expected a table that names files. Export these."
        )
    columns = [[_cell(value) for value in table.column(name).to_pylist()] for name in names]
    rows = [(number, list(row)) for number, row in enumerate(zip(*columns, strict=True), start=1)]
    return Sheet(path, tuple(names), rows)


def _cell(value: object) -> str:
    if value is None or value != value:  # NaN
        return ""
    return repr(value) if isinstance(value, float) else str(value)
