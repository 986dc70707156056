import { expect, test } from 'vitest';
import { type Connection, type EventStream, type LiveEvent, listenToEvents } from './events.ts';

/** An event source whose line the test holds in its hand. */
class HandStream implements EventStream {
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener);
  }

  send(type: string, data: string): void {
    this.#listeners.get(type)?.(new MessageEvent(type, { data }));
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.(new Event('open'));
  }

  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.(new Event('error'));
  }

  close(): void {
    this.closed = true;
  }
}

function listen() {
  const streams: HandStream[] = [];
  const pauses: number[] = [];
  const resumes: (() => void)[] = [];
  const connections: Connection[] = [];
  const events: LiveEvent[] = [];
  const stop = listenToEvents({
    open() {
      const stream = new HandStream();
      streams.push(stream);
      return stream;
    },
    after(ms, run) {
      pauses.push(ms);
      resumes.push(run);
      return () => void resumes.splice(resumes.indexOf(run), 1);
    },
    onConnection: (connection) => connections.push(connection),
    onEvent: (event) => events.push(event),
  });
  return { streams, pauses, resumes, connections, events, stop };
}

test('a published window says what to read again', () => {
  const { streams, events } = listen();
  const window = { start: '2001-03-14T00:00:00.000Z', end: '2001-03-15T00:00:00.000Z' };
  streams[0]?.send('evaluation', JSON.stringify({ monitor: 'm', window, revision: 1 }));
  expect(events).toEqual([{ kind: 'published', monitor: 'm', windowStart: Date.UTC(2001, 2, 14) }]);
});

test('an event that cannot be read still means that something changed', () => {
  const { streams, events } = listen();
  streams[0]?.send('evaluation', '{');
  streams[0]?.send('resources', '{"revision":2}');
  streams[0]?.send('stream', '{}');
  expect(events).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }, { kind: 'stream' }]);
});

test('while the browser retries by itself, nothing else is opened', () => {
  const { streams, connections, pauses } = listen();
  streams[0]?.open();
  streams[0]?.fail(0);
  streams[0]?.open();
  expect(connections).toEqual(['connecting', 'open', 'lost', 'open']);
  expect(streams).toHaveLength(1);
  expect(pauses).toEqual([]);
});

test('when the browser gives up, new streams are opened after growing, bounded pauses', () => {
  const { streams, pauses, resumes } = listen();
  for (let attempt = 0; attempt < 7; attempt++) {
    streams.at(-1)?.fail(2);
    resumes.shift()?.();
  }
  expect(streams).toHaveLength(8);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  streams.at(-1)?.open();
  streams.at(-1)?.fail(2);
  expect(pauses.at(-1)).toBe(1_000);
});

test('stopping closes the line and cancels the next attempt', () => {
  const { streams, resumes, stop } = listen();
  streams[0]?.fail(2);
  stop();
  expect(streams[0]?.closed).toBe(true);
  expect(resumes).toEqual([]);
});
