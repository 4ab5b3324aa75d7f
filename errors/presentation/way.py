"""The mail's way from one person to the other, with the place where it stopped."""

from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext as _

from errors.models import Stage
from errors.presentation.values import Step, StepState, Tone, Way


def way_to(stage: str, tone: Tone = "stop", *, is_guess: bool = False) -> Way:
    """Draw the way up to the stage where the mail stopped or waits.

    Must run in the reader's language, as everything here.
    """
    return _way_to(stage, tone, is_guess, translation.get_language())


@lru_cache
def _way_to(stage: str, tone: Tone, is_guess: bool, language: str) -> Way:  # noqa: FBT001 - a key
    stages = [Stage(value) for value in Stage.values]
    stop = Stage.values.index(stage)
    steps = tuple(
        Step(step.value, str(step.label), _state(position, stop))
        for position, step in enumerate(stages)
    )
    sentence = (
        _("The mail's way. It waits at: %(stage)s")
        if tone == "wait"
        else _("The mail's way. It stopped at: %(stage)s")
    )
    said = sentence % {"stage": steps[stop].label}
    return Way(steps, said, tone, _say_stop(tone, is_guess=is_guess))


def _say_stop(tone: Tone, *, is_guess: bool) -> str:
    if is_guess:
        return (
            _("probably waits here") if tone == "wait" else _("probably stopped here")
        )
    return _("waits here") if tone == "wait" else _("stopped here")


def whole_way() -> Way:
    """Draw a way without a stop: the mail arrived."""
    steps = tuple(Step(stage.value, str(stage.label), "past") for stage in Stage)
    return Way(steps, _("The mail's way. It came through to the end."), "ok")


def _state(position: int, stop: int) -> StepState:
    if position == stop:
        return "stop"
    return "past" if position < stop else "ahead"
