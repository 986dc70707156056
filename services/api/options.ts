import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Store } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';

/** The API's instance: routes with TypeBox schemas give types to query and answer. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** One thing that must be well before the service can do its work. */
export type Check =
  | { readonly name: string; readonly ok: true }
  | { readonly name: string; readonly ok: false; readonly reason: string };

/** Bounds of the live events, per process. */
export interface LiveLimits {
  readonly maxClients: number;
  /** Bytes that may wait for one client before it is cut off. */
  readonly maxBufferedBytes: number;
  readonly heartbeatMs: number;
}

interface CommonOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly version: string;
  /** What `/metrics` shows. */
  readonly registry: {
    readonly contentType: string;
    metrics(): Promise<string>;
  };
  readonly logger: FastifyBaseLogger;
  readonly lifecycle: Lifecycle;
  /** Checks beside the store's own. */
  readonly readiness?: () => Promise<readonly Check[]>;
  /** Folder of the built pages; without one (or before the build) a plain page says what to run. */
  readonly webRoot?: string;
  /** Host names that requests may use, besides those of the loopback. */
  readonly allowedHosts?: readonly string[];
  readonly live?: Partial<LiveLimits>;
}

/** All of the API, and the page. */
export interface FullOptions extends CommonOptions {
  readonly surface?: 'all';
  readonly store: Store;
}

/** Only `/healthz`, `/readyz` and `/metrics`. */
export interface HealthOptions extends CommonOptions {
  readonly surface: 'health';
  readonly store: Pick<Store, 'ping'>;
}

export type ApiOptions = FullOptions | HealthOptions;

export const LIVE_DEFAULTS: LiveLimits = {
  maxClients: 500,
  maxBufferedBytes: 256 * 1024,
  heartbeatMs: 15_000,
};
