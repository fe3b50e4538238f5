"""Inputs that once showed a fault, by fuzzer, as hexadecimal digits; each with what went wrong."""

KEPT: dict[str, tuple[str, ...]] = {}
