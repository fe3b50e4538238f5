import pytest

from demo.generate import DemoFile, case_files


@pytest.fixture(scope="session")
def files() -> tuple[DemoFile, ...]:
    return case_files()


@pytest.fixture(scope="session")
def policy(files: tuple[DemoFile, ...]) -> DemoFile:
    return next(file for file in files if file.description.doc_type == "policy")
