"""Inputs that once showed a fault, by fuzzer; each with what went wrong."""

KEPT: dict[str, tuple[bytes, ...]] = {
    "reading": (
        # A label with half of a surrogate pair was believed and could not be stored.
        b'{"v":1,"lines":[],"engine":"","model":"\\ud800","language":"","reason":null}',
    ),
}
