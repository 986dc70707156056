/**
 * A token (JWT without a signature) that the SASL listeners of a started Kafka accept with
 * OAUTHBEARER. Kafka accepts such tokens unless it is told how to check signatures.
 */
export function unsecuredToken(
  subject: string,
  { issuedAt = Date.now(), lifetimeMs = 3_600_000 } = {},
): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { sub: subject, iat: issuedAt / 1000, exp: (issuedAt + lifetimeMs) / 1000 };
  return `${encode({ alg: 'none' })}.${encode(claims)}.`;
}
