import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { buildApi } from './app.ts';
import { isLoopback } from './guard-host.ts';
import type { Api, ApiOptions } from './options.ts';

export type ListenOptions = ApiOptions & {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
};

export interface RunningApi {
  readonly app: Api;
  readonly host: string;
  readonly port: number;
  /** `http://localhost:8080` */
  readonly url: string;
  /** Ends live connections, waits a little for running requests, stops. Safe to call twice. */
  close(): Promise<void>;
}

/** How long running requests have before their connections are cut. */
const CLOSE_GRACE_MS = 2000;

/**
 * Builds the API and listens.
 *
 * @throws PLB_LISTEN_HOST for a host that other machines could reach
 * @throws PLB_LISTEN_PORT when the port is in use or may not be used
 */
export async function startApi(options: ListenOptions): Promise<RunningApi> {
  const { port } = options;
  const host = options.host.replace(/^\[|\]$/g, '');
  if (!isLoopback(host)) {
    throw new PlumblineError(
      'PLB_LISTEN_HOST',
      `Cannot listen: server.host must be a loopback address as long as there is no authentication, got ${JSON.stringify(options.host)}.`,
      {
        path: 'server.host',
        fix: 'Use 127.0.0.1; for access from elsewhere put a proxy that authenticates before it.',
      },
    );
  }
  const app = await buildApi(options);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(error, { host, port });
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    app,
    host,
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () => closeWithin(app, CLOSE_GRACE_MS),
  };
}

/** A client that does not read its answer must not keep the process from ending. */
async function closeWithin(app: Api, graceMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}

function listenError(
  error: unknown,
  at: { readonly host: string; readonly port: number },
): unknown {
  const cause = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = REASONS.get(String(cause));
  if (reason === undefined) return error;
  return new PlumblineError(
    'PLB_LISTEN_PORT',
    `Cannot listen on ${at.host}: port must be ${reason.must}, got ${at.port}.`,
    { path: 'server.port', fix: reason.fix, cause: error },
  );
}

const REASONS: ReadonlyMap<string, { readonly must: string; readonly fix: string }> = new Map([
  [
    'EADDRINUSE',
    {
      must: 'free',
      fix: 'Stop what listens there, or choose another port (0 takes any free one).',
    },
  ],
  ['EACCES', { must: 'allowed for this user', fix: 'Choose a port above 1023.' }],
  ['ERR_SOCKET_BAD_PORT', { must: 'between 0 and 65535', fix: 'Choose such a port.' }],
  ['EADDRNOTAVAIL', { must: 'on an address of this machine', fix: 'Use 127.0.0.1.' }],
]);
