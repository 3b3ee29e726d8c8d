"""The parts of docs/guide/delivery.md that come from what the program knows of providers."""

from textwrap import fill
from typing import Final

from commlog_tui.contract.delivery import RANK
from commlog_tui.providers.provider import Provider, SecretOrigin
from commlog_tui.providers.registry import PROVIDERS

_LONGEST: Final = 99
_MEANINGS: Final = {
    "scheduled": "The provider sends it later",
    "queued": "The provider has accepted it",
    "canceled": "It was called off before it was sent",
    "skipped": "The sender decided not to send it",
    "sent": "The provider has sent it; nobody has confirmed it",
    "deferred": "The other side asked to try again later",
    "rejected": "The provider refused to send it",
    "failed": "It could not be sent",
    "delivered": "The other side has accepted it",
    "bounced": "The other side has refused it, or returned it",
    "complained": "The recipient reported it as spam",
}


def provider_steps() -> str:
    """Return what to enter at each provider."""
    return "\n\n".join(_steps(one) for one in PROVIDERS.values())


def status_table() -> str:
    """Return the statuses, from the lowest rank to the highest."""
    ranked = sorted((rank, kind.value if hasattr(kind, "value") else kind) for kind, rank in RANK.items() if rank)
    return "\n".join(["| status | meaning |", "|---|---|", *(f"| {kind} | {_MEANINGS[kind]} |" for _, kind in ranked)])


def provider_retries() -> str:
    """Return how each provider tries again."""
    return "\n".join(_wrapped(f"**{one.name}.** {one.setup.retries}", "- ", "  ") for one in PROVIDERS.values())


def _steps(provider: Provider) -> str:
    confirm = " --confirm" if provider.slug == "ses" else ""
    command = f"commlog hook add {provider.slug} quay --url https://log.example.com{confirm}"
    typed = "" if provider.secret_origin is SecretOrigin.OURS else " < secret.txt"
    steps = provider.steps("{url}", "{secret}")
    if "{verify_token}" in "".join(provider.setup.steps):
        steps = [step.replace(provider.verify_token("{secret}"), "{verify token}") for step in steps]
    return "\n\n".join(
        [
            f"### {provider.name}",
            _wrapped(provider.setup.secret),
            f"```sh\n{command}{typed}\n```",
            "\n".join(_wrapped(step, f"{number}. ", "   ") for number, step in enumerate(steps, 1)),
            _wrapped(f"Events: {', '.join(provider.setup.events)}."),
        ]
    )


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return fill(
        text, _LONGEST, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
