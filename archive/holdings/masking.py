"""Numbers of persons for whoever may know of an item and not read it."""


def masked(number: str | None) -> str:
    """All but the last four characters hidden, which is enough to tell two people of one name apart."""
    number = number or ""
    return "•" * max(0, len(number) - 4) + number[-4:] if len(number) > 4 else "•" * len(number)
