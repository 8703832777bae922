"""Whoever reads the stored rows learns nobody's Telegram id: chats and people appear under keyed hashes only."""

from __future__ import annotations

import hmac

LENGTH = 32
"""Hexadecimal characters, thus 128 bits: two chats never share a key by chance."""


class Keys:
    """The same ids give the same key as long as the secret stays; without the secret no key can be traced back."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str | bytes) -> None:
        self._secret = secret.encode() if isinstance(secret, str) else secret
        if not self._secret:
            raise ValueError("keys need a secret that is not empty")

    def __call__(self, *ids: int | str) -> str:
        """The key of these ids in this order; `("1", "23")` and `("12", "3")` differ, `1` and `"1"` do not."""
        text = "".join(f"{len(one)}:{one}" for one in map(str, ids))
        return hmac.digest(self._secret, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:LENGTH]

    def __repr__(self) -> str:
        return "Keys(…)"
