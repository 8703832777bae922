"""A bot that never knows an update again: what the suite of faults must find wanting."""

from __future__ import annotations

from bot.state.state import State


async def _never(state: State, update_id: int) -> bool:
    del state, update_id
    return False


if __name__ == "__main__":
    State.seen = _never  # type: ignore[method-assign]
    from bot.cli import main

    main()
