/** What the page knows about its line to the server. */
export type Connection = 'connecting' | 'open' | 'lost';

/** One thing that happened on the server; only what tells the page what to read again. */
export type LiveEvent =
  | { readonly kind: 'published'; readonly monitor: string; readonly windowStart: number }
  | { readonly kind: 'stream' }
  | { readonly kind: 'unknown' };

/** The browser's EventSource, as far as it is used here. */
export interface EventStream {
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

const CLOSED = 2;
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 15_000;
const EVENT_NAMES = ['evaluation', 'stream', 'resources'] as const;

/**
 * Listens to server-sent events and keeps listening: where the browser gives up (an answer other
 * than 200 ends its own attempts), a new stream is opened after a growing pause.
 * Returns how to stop.
 */
export function listenToEvents(options: {
  readonly open: () => EventStream;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onConnection: (connection: Connection) => void;
  readonly onEvent: (event: LiveEvent) => void;
}): () => void {
  let delay = FIRST_DELAY;
  let stream: EventStream;
  let cancel = (): void => {};

  const connect = (): void => {
    stream = options.open();
    stream.onopen = () => {
      delay = FIRST_DELAY;
      options.onConnection('open');
    };
    stream.onerror = () => {
      options.onConnection('lost');
      if (stream.readyState !== CLOSED) return;
      cancel = options.after(delay, connect);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    };
    for (const name of EVENT_NAMES) {
      stream.addEventListener(name, (event) => options.onEvent(readEvent(name, event.data)));
    }
  };

  options.onConnection('connecting');
  connect();
  return () => {
    cancel();
    stream.close();
  };
}

/** An event that cannot be read still means that something changed. */
function readEvent(name: string, data: string): LiveEvent {
  if (name === 'stream') return { kind: 'stream' };
  if (name !== 'evaluation') return { kind: 'unknown' };
  try {
    const body = JSON.parse(data) as {
      readonly monitor?: unknown;
      readonly window?: { readonly start?: unknown };
    };
    const windowStart = Date.parse(String(body.window?.start));
    if (typeof body.monitor === 'string' && !Number.isNaN(windowStart)) {
      return { kind: 'published', monitor: body.monitor, windowStart };
    }
  } catch {
    // Falls through: treated as a change of unknown kind.
  }
  return { kind: 'unknown' };
}
