"""What goes wrong in reading archives that somebody else has made."""

from __future__ import annotations

import struct
import zipfile
import zlib

DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, struct.error)
"""What zipfile raises on damaged, encrypted or exotic archives and members."""
