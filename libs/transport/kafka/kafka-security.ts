import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { readSecret } from '#libs/config/read-secret.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { KafkaSasl, KafkaSettings } from './kafka-settings.ts';
import { type AccessToken, requestToken } from './request-token.ts';

/** A token is renewed when less than this is left of it. */
const TOKEN_MARGIN_MS = 30_000;

/** What one new connection is made with. */
export interface Credentials {
  readonly ssl: ConnectionOptions | null;
  readonly sasl: Record<string, unknown> | null;
}

/**
 * Reads certificates and secrets for each new connection, so that both may be replaced while the
 * program runs: what is connected stays connected, what connects next uses the new ones.
 */
export class CredentialSource {
  readonly #settings: KafkaSettings;
  #token: AccessToken | undefined;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
  }

  /** @throws PLB_TRANSPORT_TLS, PLB_SECRET_MISSING when a file or a variable cannot be read */
  async read(): Promise<Credentials> {
    const { tls, sasl } = this.#settings;
    return {
      ssl: tls.kind === 'off' ? null : await readTls(tls),
      sasl: sasl === undefined ? null : await this.#readSasl(sasl),
    };
  }

  async #readSasl(sasl: KafkaSasl): Promise<Record<string, unknown>> {
    if (sasl.mechanism === 'oauthbearer') {
      const oauthBearerProvider = async () => ({ value: await this.#readToken(sasl) });
      return { mechanism: sasl.mechanism, oauthBearerProvider };
    }
    const { env } = this.#settings;
    const password = await readSecret(sasl.password, { env, path: 'kafka.sasl.password' });
    return { mechanism: sasl.mechanism, username: sasl.username, password };
  }

  async #readToken(sasl: Extract<KafkaSasl, { mechanism: 'oauthbearer' }>): Promise<string> {
    const { env } = this.#settings;
    if ('token' in sasl) return readSecret(sasl.token, { env, path: 'kafka.sasl.token' });
    if (this.#token === undefined || this.#token.expiresAt < Date.now() + TOKEN_MARGIN_MS) {
      const { clientSecret, ...endpoint } = sasl.tokenEndpoint;
      const secret = await readSecret(clientSecret, {
        env,
        path: 'kafka.sasl.token_endpoint.client_secret',
      });
      this.#token = await requestToken({ ...endpoint, secret, now: Date.now() });
    }
    return this.#token.value;
  }
}

type TlsOn = Extract<KafkaSettings['tls'], { kind: 'on' }>;

async function readTls(tls: TlsOn): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all(
    ([tls.caFile, tls.certificateFile, tls.keyFile] as const).map((file, index) =>
      file === undefined
        ? undefined
        : readPem(file, ['ca_file', 'certificate_file', 'key_file'][index] ?? ''),
    ),
  );
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

async function readPem(file: string, key: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new PlumblineError(
      'PLB_TRANSPORT_TLS',
      `Cannot connect to Kafka: kafka.tls.${key} must be a readable PEM file, got ${file} (${code}).`,
      {
        path: `kafka.tls.${key}`,
        fix: 'check the path, and that this user may read the file',
        cause,
      },
    );
  }
}
