/**
 * WebAuthn level 3 JSON, for browsers that have no parseRequestOptionsFromJSON yet. Bytes are
 * base64url without padding.
 */
type Json = Record<string, unknown>;
type Named = { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] };

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

export function toText(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function requestOptions(text: string): PublicKeyCredentialRequestOptions {
  const told = JSON.parse(text) as Json;
  return {
    ...told,
    challenge: toBytes(told['challenge'] as string),
    allowCredentials: named(told['allowCredentials']),
  } as PublicKeyCredentialRequestOptions;
}

export function creationOptions(text: string): PublicKeyCredentialCreationOptions {
  const told = JSON.parse(text) as Json & { user: { id: string } };
  return {
    ...told,
    challenge: toBytes(told['challenge'] as string),
    user: { ...told.user, id: toBytes(told.user.id) },
    excludeCredentials: named(told['excludeCredentials']),
  } as unknown as PublicKeyCredentialCreationOptions;
}

/** What navigator.credentials gave, as the server reads it. */
export function credentialText(credential: PublicKeyCredential): string {
  const answer = credential.response;
  const response: Json = { clientDataJSON: toText(answer.clientDataJSON) };
  if (answer instanceof AuthenticatorAttestationResponse) {
    response['attestationObject'] = toText(answer.attestationObject);
    response['transports'] = answer.getTransports();
  } else if (answer instanceof AuthenticatorAssertionResponse) {
    response['authenticatorData'] = toText(answer.authenticatorData);
    response['signature'] = toText(answer.signature);
    if (answer.userHandle) response['userHandle'] = toText(answer.userHandle);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: id, type, response, clientExtensionResults: {} });
}

function named(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as Named[]).map((one) => ({ ...one, id: toBytes(one.id) }));
}
