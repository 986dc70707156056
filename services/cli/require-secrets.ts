import { readSecret } from '#libs/config/read-secret.ts';
import type { ResolvedConfig, SecretReference } from '#libs/config/resolved.ts';

/**
 * Refuses a configuration that refers to environment variables that are not set: unlike a file, or
 * another system, they cannot come to be while the process waits.
 *
 * @throws PLB_SECRET_MISSING naming the variable
 */
export async function requireSecrets(
  { transport, store }: Pick<ResolvedConfig, 'transport' | 'store'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const references: (readonly [path: string, reference: SecretReference])[] = [];
  if (transport.kind === 'kafka' && transport.sasl !== undefined) {
    const { sasl } = transport;
    if ('password' in sasl) references.push(['kafka.sasl.password', sasl.password]);
    if ('token' in sasl) references.push(['kafka.sasl.token', sasl.token]);
    if ('tokenEndpoint' in sasl) {
      const { clientSecret } = sasl.tokenEndpoint;
      references.push(['kafka.sasl.token_endpoint.client_secret', clientSecret]);
    }
  }
  if (store.kind === 'postgres') references.push(['store.postgres.url', store.url]);
  for (const [path, reference] of references) {
    if ('env' in reference) await readSecret(reference, { env, path });
  }
}
