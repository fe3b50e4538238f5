import logging
import re
from collections.abc import Callable, Iterator

import pytest

from archive.core import errors
from archive.core.access import policy
from archive.core.access.actions import Action, Purpose, Role, Tier
from archive.core.errors import ArchiveError
from archive.web import problems, texts, words
from archive.web.guarded import GuardedRouter, public
from tests.web.conftest import PASSWORD, Site


def family(root: type[ArchiveError] = ArchiveError) -> Iterator[type[ArchiveError]]:
    yield root
    for kind in root.__subclasses__():
        yield from family(kind)


def reason_codes() -> set[str]:
    with open(policy.__file__, encoding="utf-8") as source:  # noqa: PTH123 - a module's own path
        return set(re.findall(r'"(R_[A-Z]+)"', source.read()))


def test_every_error_has_a_status() -> None:
    assert set(problems.STATUS) == {kind for kind in family() if kind.__module__.startswith("archive.")}


def test_the_family_is_closed() -> None:
    assert {kind.__module__ for kind in family() if kind.__module__.startswith("archive.")} == {
        errors.__name__
    }


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in problems.STATUS]
    assert len(codes) == len(set(codes))


def test_every_code_has_its_words_on_the_screen() -> None:
    assert texts.shown_codes() == {kind.code for kind in problems.STATUS}


def test_every_reason_of_the_policy_is_explained_in_both_languages() -> None:
    assert reason_codes() == set(texts.REASONS) == texts.shown_reasons()
    assert all(all(texts.explain(rule)) for rule in reason_codes())


def test_every_role_purpose_tier_and_action_has_a_word() -> None:
    assert set(words.ROLES) == set(Role) | {"none"}
    assert set(words.PURPOSES) == set(Purpose)
    assert set(words.TIERS) == {str(tier.value) for tier in Tier}
    assert set(words.ACTIONS) == set(Action)


def raising(error: Exception) -> GuardedRouter:
    router = GuardedRouter()

    def fail() -> None:
        raise error

    for path in ("/api/v1/fail", "/fail"):
        router.get(path)(public("fails for a test")(fail))
    return router


def test_a_problem_has_the_members_of_rfc_9457_and_a_remedy(serve: Callable[..., Site]) -> None:
    error = errors.Refused("R_TIER", *texts.explain("R_TIER"))
    answer = serve(raising(error)).client().get("/api/v1/fail")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/refused",
        "title": "Refused",
        "status": 403,
        "detail": "This item is classified above what your role may reach.",
        "code": "refused",
        "remedy": "Ask the records room how it can be used.",
        "rule": "R_TIER",
    }


def test_an_invalid_value_is_named(serve: Callable[..., Site]) -> None:
    answer = (
        serve(raising(errors.Invalid("year", "No such year.", "Write another."))).client().get("/api/v1/fail")
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "year")


def test_a_page_tells_people_in_chinese_what_to_do(serve: Callable[..., Site]) -> None:
    error = errors.Refused("R_NOLOAN", *texts.explain("R_NOLOAN"))
    answer = serve(raising(error)).client().get("/fail")
    assert answer.status_code == 403
    assert "您没有该档案的有效借阅" in answer.text
    assert "You hold no loan" not in answer.text


def test_the_type_of_a_problem_can_be_opened(site: Site) -> None:
    client = site.client()
    explained = client.get("/problems/stale")
    assert explained.status_code == 200
    assert "请重新打开页面" in explained.text
    assert client.get("/problems/unheard-of").status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/fail", "/fail"])
def test_the_unforeseen_says_nothing_but_a_number(
    serve: Callable[..., Site], caplog: pytest.LogCaptureFixture, path: str
) -> None:
    site = serve(raising(RuntimeError("Wang's diagnosis in an error message")))
    with caplog.at_level(logging.DEBUG):
        answer = site.client().get(path)
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "diagnosis" not in answer.text
    assert "diagnosis" not in caplog.text
    assert f"request {answer.headers['x-request-id']} failed: RuntimeError" in caplog.text


def test_a_refused_body_is_not_repeated(site: Site) -> None:
    answer = site.client().post("/api/v1/sessions", json={"login": "wang", "password": PASSWORD, "more": 1})
    assert (answer.status_code, answer.json()["field"]) == (422, "more")
    assert PASSWORD not in answer.text


def test_a_body_that_is_no_json_is_a_problem_as_well(site: Site) -> None:
    headers = {"content-type": "application/json"}
    answer = site.client().post("/api/v1/sessions", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_body_beyond_its_limit_is_refused(site: Site) -> None:
    headers = {"content-type": "application/json"}
    answer = site.client().post("/api/v1/sessions", content=b" " * (1024 * 1024 + 1), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_another_method_is_a_problem_as_well(site: Site) -> None:
    answer = site.client().put("/api/v1/sessions")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["allow"] == "POST"


def test_what_needs_no_engine_is_shown_when_the_engines_fail(serve: Callable[..., Site]) -> None:
    error = errors.DatabaseUnavailable("The database cannot be used just now.", "Try again.")
    site = serve(raising(error))
    browser = site.at_browser("wang")
    site.archive.database.dispose()
    assert browser.get("/fail").status_code == 503
