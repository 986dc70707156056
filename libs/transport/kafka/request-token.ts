import { PlumblineError } from '#libs/errors/plumbline-error.ts';

const TIMEOUT_MS = 10_000;
/** Used where the server does not say how long a token lasts. */
const DEFAULT_LIFETIME_S = 300;

export interface AccessToken {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface TokenRequest {
  readonly url: string;
  readonly clientId: string;
  readonly secret: string;
  readonly scope?: string;
  readonly now: number;
}

/**
 * An access token by the client-credentials flow of OAuth 2.0 (RFC 6749, section 4.4; the client
 * authenticates with HTTP Basic).
 *
 * @throws PLB_TRANSPORT_AUTHENTICATION with the server's reason, but neither secret nor token
 */
export async function requestToken(request: TokenRequest): Promise<AccessToken> {
  const { url, clientId, secret, scope, now } = request;
  const refuse = (why: string, cause?: unknown) =>
    new PlumblineError(
      'PLB_TRANSPORT_AUTHENTICATION',
      `Cannot log in to Kafka: the token endpoint ${url} must answer with a token, ${why}.`,
      {
        path: 'kafka.sasl.token_endpoint',
        fix: 'check url, client id and client secret',
        ...(cause === undefined ? {} : { cause }),
      },
    );
  const basic = [clientId, secret].map((part) => encodeURIComponent(part)).join(':');
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
        accept: 'application/json',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(scope === undefined ? {} : { scope }),
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await response.json().catch(() => undefined);
  } catch (cause) {
    throw refuse('it cannot be reached', cause);
  }
  const fields = typeof body === 'object' && body !== null ? body : {};
  if (!response.ok) {
    const reason =
      'error' in fields && typeof fields.error === 'string' ? ` (${fields.error})` : '';
    throw refuse(`got status ${response.status}${reason}`);
  }
  if (!('access_token' in fields) || typeof fields.access_token !== 'string') {
    throw refuse('got no access_token');
  }
  const lifetime =
    'expires_in' in fields && typeof fields.expires_in === 'number'
      ? fields.expires_in
      : DEFAULT_LIFETIME_S;
  return { value: fields.access_token, expiresAt: now + lifetime * 1000 };
}
