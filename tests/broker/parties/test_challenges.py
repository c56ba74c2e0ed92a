"""A challenge is ours, for one browser and purpose, for ten minutes."""

from datetime import UTC, datetime, timedelta

from broker.parties import challenges

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NONCE = bytes(range(challenges.NONCE_BYTES))


def test_it_is_good_where_it_was_shown_until_its_time_is_over() -> None:
    made = challenges.mint("key", NONCE, "sign_in", "browser", AT)
    assert len(made) == 56
    assert challenges.expires_at(made) == AT + challenges.CHALLENGE_LIFE
    almost = AT + challenges.CHALLENGE_LIFE - timedelta(microseconds=1)
    assert challenges.judge("key", made, "sign_in", "browser", almost) is None
    over = AT + challenges.CHALLENGE_LIFE
    assert challenges.judge("key", made, "sign_in", "browser", over) == "expired"


def test_every_other_key_browser_purpose_and_byte_is_foreign() -> None:
    made = challenges.mint("key", NONCE, "sign_in", "browser", AT)
    assert challenges.judge("other", made, "sign_in", "browser", AT) == "foreign"
    assert challenges.judge("key", made, "add", "browser", AT) == "foreign"
    assert challenges.judge("key", made, "sign_in", "", AT) == "foreign"
    for place in range(len(made)):
        changed = made[:place] + bytes([made[place] ^ 1]) + made[place + 1 :]
        assert challenges.judge("key", changed, "sign_in", "browser", AT) == "foreign"
    for length in (0, 1, 55, 57):
        assert challenges.judge("key", (made * 2)[:length], "sign_in", "browser", AT) == "foreign"


def test_another_nonce_is_another_challenge() -> None:
    one = challenges.mint("key", NONCE, "add", "browser", AT)
    two = challenges.mint("key", bytes(16), "add", "browser", AT)
    assert challenges.challenge_hash(one) != challenges.challenge_hash(two)
