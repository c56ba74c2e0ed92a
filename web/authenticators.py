"""The one door of the webauthn package: options for a browser, and what its answer proves.

Attestation is not asked for: we do not care who made the authenticator, only that it is the same
one again, that its owner was there and proved it (finger, face, PIN). The counter is judged by
`parties`, which alone knows the last one.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from broker.parties import NewKey, Party, Passkey
from web.settings import Settings

TIMEOUT_MS = 300_000
NOT_COUNTED = 0  # the package is not asked to judge the counter


@dataclass(frozen=True, slots=True)
class Site:
    """Whose passkeys they are: WebAuthn's relying party. `rp_id` is the host of `origin`."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Presented:
    """What a credential says of itself, unproven. `party` is its userHandle, or ""."""

    id: str
    challenge: bytes
    party: str = ""


def site_of(settings: Settings) -> Site:
    return Site(urlsplit(settings.origin).hostname or "", settings.origin, settings.platform)


def sign_in_options(site: Site, challenge: bytes) -> str:
    """PublicKeyCredentialRequestOptionsJSON; names no key, so it tells nothing about anybody."""
    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def add_options(site: Site, party: Party, known: list[Passkey], challenge: bytes) -> str:
    """PublicKeyCredentialCreationOptionsJSON for a key that is found without typing a name."""
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_id=party.id.encode(),
        user_name=party.email or party.name,
        user_display_name=party.name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(one.key) for one in known],
    )
    return options_to_json(options)


def presented(credential: str) -> Presented | None:
    """What is to be looked up before anything is checked; None for what is no credential.

    >>> presented("{}") is None
    True
    """
    try:
        found = parse_authentication_credential_json(credential)
        told = parse_client_data_json(found.response.client_data_json)
        handle = found.response.user_handle or b""
        return Presented(found.id, told.challenge, handle.decode())
    except Exception:  # foreign bytes: whatever is wrong with them, they are no credential
        return None


def challenge_of_new(credential: str) -> bytes:
    """The challenge that a new key says it answers; empty for what is no credential."""
    try:
        found = parse_registration_credential_json(credential)
        return parse_client_data_json(found.response.client_data_json).challenge
    except Exception:  # as above
        return b""


def proven(
    site: Site, credential: str, challenge: bytes, known: Passkey
) -> tuple[int, bool] | None:
    """The counter told, and whether the key is synced; None when the signature, the origin, the
    site or the proof of the owner's presence is wrong."""
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=known.key.public_key,
            credential_current_sign_count=NOT_COUNTED,
            require_user_verification=True,
        )
    except Exception:  # as above
        return None
    return found.new_sign_count, found.credential_backed_up


def new_key(site: Site, credential: str, challenge: bytes) -> NewKey | None:
    """The key that a browser made for us; None when it was not made for this site and challenge."""
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        asked = parse_registration_credential_json(credential)
    except Exception:  # as above
        return None
    return NewKey(
        credential=bytes_to_base64url(found.credential_id),
        public_key=found.credential_public_key,
        counter=found.sign_count,
        transports=tuple(one.value for one in asked.response.transports or ()),
        synced=found.credential_backed_up,
    )


def _descriptor(key: NewKey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(one) for one in key.transports]
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(key.credential), transports=transports or None
    )
