"""The short form of the machine."""

from tests.prove.machine import play


def test_the_service_agrees_with_its_model_whatever_happens() -> None:
    assert play(7, 20, 30) > 200
