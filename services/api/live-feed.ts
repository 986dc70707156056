import { Readable } from 'node:stream';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Store, StoreEvent } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import type { LiveLimits } from './options.ts';
import { isoRange } from './present/iso.ts';
import { presentStream } from './present/present-stream.ts';

interface Client {
  readonly stream: Readable;
  /** `null` wants all namespaces. */
  readonly namespace: string | null;
}

export interface LiveFeedOptions {
  readonly store: Store;
  readonly lifecycle: Lifecycle;
  readonly limits: LiveLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface LiveFeed {
  /** A stream of server-sent events. @throws PLB_OVERLOADED when there are too many clients. */
  join(namespace: string | null): Readable;
  /** Ends all streams. */
  close(): void;
}

/** How long a page waits before it connects again, in milliseconds. */
const RETRY_MS = 3000;

/**
 * Hands the store's events to any number of pages. Each event is written once and shared; a client
 * that does not read is cut off at a bound, connects again by itself and reads the state anew.
 */
export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  const { store, lifecycle, limits, now } = options;
  const clients = new Set<Client>();

  const push = (client: Client, text: string): void => {
    client.stream.push(text);
    if (client.stream.readableLength > limits.maxBufferedBytes) leave(client, 'slow');
  };
  const leave = (client: Client, change: 'left' | 'slow'): void => {
    if (!clients.delete(client)) return;
    lifecycle.emit({ type: 'live_clients', clients: clients.size, change });
    client.stream.destroy();
  };
  const unsubscribe = store.subscribe((event) => {
    if (clients.size === 0) return;
    const { namespace, text } = frame(event, now());
    for (const client of clients) {
      if (namespace === null || client.namespace === null || client.namespace === namespace) {
        push(client, text);
      }
    }
  });
  const heartbeat = setInterval(() => {
    for (const client of clients) push(client, ': still here\n\n');
  }, limits.heartbeatMs);
  heartbeat.unref();

  return {
    join(namespace) {
      if (clients.size >= limits.maxClients) {
        throw new PlumblineError(
          'PLB_OVERLOADED',
          `Cannot send live events: clients must be at most ${limits.maxClients}, got one more.`,
          { fix: 'Close pages that nobody looks at.' },
        );
      }
      const client: Client = { stream: new Readable({ read() {} }), namespace };
      clients.add(client);
      client.stream.once('close', () => leave(client, 'left'));
      client.stream.push(`retry: ${RETRY_MS}\n: connected\n\n`);
      lifecycle.emit({ type: 'live_clients', clients: clients.size, change: 'joined' });
      return client.stream;
    },
    close() {
      unsubscribe();
      clearInterval(heartbeat);
      for (const client of clients) client.stream.push(null);
    },
  };
}

/** The event as it goes over the wire; `namespace` is null for what concerns everybody. */
function frame(
  event: StoreEvent,
  now: number,
): { readonly namespace: string | null; readonly text: string } {
  switch (event.kind) {
    case 'published': {
      const { namespace, monitor, window, revision, events } = event.publication;
      const data = { namespace, monitor, window: isoRange(window), revision, events };
      return { namespace, text: written('evaluation', data) };
    }
    case 'stream':
      return {
        namespace: event.status.namespace,
        text: written('stream', presentStream(event.status, { now })),
      };
    case 'resources':
      return { namespace: null, text: written('resources', { revision: event.revision }) };
  }
}

function written(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
