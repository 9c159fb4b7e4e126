"""Values as the text of XML elements."""

import re
from datetime import datetime

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT = "�"


def escape(text: str) -> str:
    """Return a text as the content of an element. What XML cannot hold becomes U+FFFD."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text if text.isprintable() else _FORBIDDEN.sub(_REPLACEMENT, text)


def flag(value: object) -> str:
    """Return a flag as ``xs:boolean``."""
    return "true" if value else "false"


def double(value: float) -> str:
    """Return a number as ``xs:double``, in Java's form."""
    text = repr(float(value))
    if "e" in text:
        mantissa, exponent = text.split("e")
        whole = mantissa if "." in mantissa else f"{mantissa}.0"
        return f"{whole}E{int(exponent)}"
    return _NO_NUMBERS.get(text, text)


def moment(value: datetime) -> str:
    """Return a naive UTC moment as ``xs:dateTime``, to the millisecond as Java keeps it."""
    return value.isoformat(timespec="milliseconds") + "Z"


_NO_NUMBERS = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}
