import type { ApiClient, EvaluationFilter } from '../api/client.ts';
import { type EventStream, type LiveEvent, listenToEvents } from '../api/events.ts';
import type { MonitorItem } from '../api/types.ts';
import { type CoalescerClock, createCoalescer } from './coalescer.ts';
import { describeError } from './describe-error.ts';
import type { PageAction } from './page-state.ts';

/** At most one refresh a second, however many windows are published. */
const REFRESH_INTERVAL = 1_000;
/** A line that is silently dead is noticed by reading again at this interval. */
const POLL_INTERVAL = 30_000;
/** Trouble behind the server, and silence of an evaluator, cause no event: they are asked for. */
const HEALTH_INTERVAL = 10_000;
const RETRY_AFTER = 3_000;
const OVERVIEW_LIMIT = 1_000;
const DRIFT_LIMIT = 40;

/** What a refresh must read: everything, or one monitor's windows from a start on. */
type Need =
  | { readonly kind: 'everything' }
  | { readonly kind: 'state' }
  | { readonly kind: 'monitor'; readonly monitor: string; readonly from: number };

function needOf(event: LiveEvent): Need {
  switch (event.kind) {
    case 'published':
      return { kind: 'monitor', monitor: event.monitor, from: event.windowStart };
    case 'stream':
      return { kind: 'state' };
    case 'unknown':
      return { kind: 'everything' };
  }
}

/** Reads the overview, then follows the server's events. Returns how to stop. */
export function startLivePage(options: {
  readonly client: ApiClient;
  readonly clock: CoalescerClock;
  readonly openEvents: () => EventStream;
  readonly dispatch: (action: PageAction) => void;
}): () => void {
  const { client, clock, dispatch } = options;

  let cancelRetry = (): void => {};
  const refresh = async (batch: readonly Need[]): Promise<void> => {
    try {
      const [monitors, troubles] = await Promise.all([client.monitors(), client.troubles()]);
      const everything = batch.some((need) => need.kind === 'everything');
      const starts = everything
        ? new Map(monitors.map((monitor) => [monitor.name, undefined]))
        : earliestStarts(batch);
      const segmented = new Set(monitors.flatMap(hasSegments));
      const reads = [...starts].flatMap(([monitor, from]) => {
        const filter = { monitor, ...(from === undefined ? {} : { from }) };
        // Segments fill a page with few windows: they must not crowd out the way of the whole.
        const whole = read({ ...filter, segment: null });
        return segmented.has(monitor) ? [whole, read(filter)] : [whole];
      });
      await Promise.all(reads);
      if (starts.size > 0) await readDrift();
      dispatch({ kind: 'monitors', monitors });
      dispatch({ kind: 'troubles', troubles });
    } catch (error) {
      dispatch({ kind: 'failed', problem: describeError(error) });
      cancelRetry();
      cancelRetry = clock.after(RETRY_AFTER, () => needs.add({ kind: 'everything' }));
    }
  };

  const read = async (filter: Omit<EvaluationFilter, 'limit'>): Promise<void> =>
    dispatch({
      kind: 'evaluations',
      evaluations: await client.evaluations({ ...filter, order: 'desc', limit: OVERVIEW_LIMIT }),
    });

  const readDrift = async (): Promise<void> => {
    const pages = await Promise.all(
      ['critical', 'warning'].map((verdict) =>
        client.evaluations({ verdict, order: 'desc', limit: DRIFT_LIMIT }),
      ),
    );
    dispatch({ kind: 'drift', evaluations: pages.flat() });
  };

  const needs = createCoalescer<Need>({ interval: REFRESH_INTERVAL, clock, run: refresh });
  const stopEvents = listenToEvents({
    open: options.openEvents,
    after: clock.after,
    onConnection(connection) {
      dispatch({ kind: 'connection', connection });
      // Whatever was published while the line was down is read now.
      if (connection === 'open') needs.add({ kind: 'everything' });
    },
    onEvent: (event) => needs.add(needOf(event)),
  });
  needs.add({ kind: 'everything' });

  const stopPolling = [
    repeat(clock, POLL_INTERVAL, () => needs.add({ kind: 'everything' })),
    repeat(clock, HEALTH_INTERVAL, () => needs.add({ kind: 'state' })),
  ];

  return () => {
    cancelRetry();
    for (const stop of stopPolling) stop();
    stopEvents();
    needs.stop();
  };
}

/** Runs something again and again. Returns how to stop. */
function repeat(clock: CoalescerClock, ms: number, run: () => void): () => void {
  let cancel = (): void => {};
  const wait = (): void => {
    cancel = clock.after(ms, () => {
      run();
      wait();
    });
  };
  wait();
  return () => cancel();
}

function hasSegments({ name, fields }: MonitorItem): string[] {
  return fields.some(({ segment }) => segment !== null) ? [name] : [];
}

function earliestStarts(needs: readonly Need[]): Map<string, number | undefined> {
  const starts = new Map<string, number | undefined>();
  for (const need of needs) {
    if (need.kind !== 'monitor') continue;
    starts.set(need.monitor, Math.min(need.from, starts.get(need.monitor) ?? need.from));
  }
  return starts;
}
