import { useEffect, useMemo, useReducer } from 'preact/hooks';
import type { ApiClient } from '../api/client.ts';
import type { CoalescerClock } from '../state/coalescer.ts';
import { seriesKey } from '../state/history.ts';
import { startLivePage } from '../state/live-page.ts';
import { INITIAL_STATE, reducePage } from '../state/page-state.ts';
import { distinctStreams } from '../state/streams.ts';
import { DriftList } from './drift-list.tsx';
import { FieldDetail } from './field-detail.tsx';
import { MonitorSection } from './monitor-section.tsx';
import { Notice } from './notice.tsx';
import { PageHeader } from './page-header.tsx';
import { StreamCard } from './stream-card.tsx';
import { useRoute } from './use-route.ts';

const CLOCK: CoalescerClock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The whole page: streams, monitors with their fields, one field in detail, drift found lately. */
export function App(props: { readonly client: ApiClient }) {
  const { client } = props;
  const [state, dispatch] = useReducer(reducePage, INITIAL_STATE);
  const selection = useRoute();
  useEffect(
    () =>
      startLivePage({
        client,
        clock: CLOCK,
        openEvents: client.events,
        dispatch,
      }),
    [client],
  );
  const streams = useMemo(() => distinctStreams(state.monitors), [state.monitors]);
  const selectedMonitor = state.monitors.find((monitor) => monitor.name === selection?.monitor);

  return (
    <>
      <PageHeader connection={state.connection} />
      <p class="visually-hidden" aria-live="polite">
        {state.announcement}
      </p>
      {state.phase === 'failed' && (
        <Notice tone="problem" title="The server cannot be read, retrying">
          {state.problem}
          {state.monitors.length > 0 && '. What is shown is from before.'}
        </Notice>
      )}
      {state.troubles.length > 0 && (
        <Notice tone="problem" title="The service cannot do all of its work">
          {state.troubles.map(({ name, reason }) => `${name}: ${reason}`).join(' · ')}
        </Notice>
      )}
      <main class={selection === null ? 'layout' : 'layout has-selection'}>
        <div class="overview">
          <Streams loading={state.phase === 'loading'} streams={streams} />
          {state.monitors.map((monitor) => (
            <MonitorSection
              key={monitor.name}
              monitor={monitor}
              histories={state.histories}
              selection={selection}
            />
          ))}
          {state.phase === 'ready' && state.monitors.length === 0 && (
            <Notice tone="plain" title="No monitors yet">
              This page waits for the first monitor of the configuration. Check the file with
              “plumbline validate”.
            </Notice>
          )}
        </div>
        {selection !== null && (
          <FieldDetail
            key={seriesKey(selection)}
            client={client}
            dispatch={dispatch}
            histories={state.histories}
            monitor={selectedMonitor}
            loading={state.phase === 'loading'}
            selection={selection}
          />
        )}
        <DriftList drift={state.drift} loading={state.phase === 'loading'} />
      </main>
      <footer class="page-footer">
        All times are UTC. The same data: <a href="api/v1/monitors">/api/v1/monitors</a>,{' '}
        <a href="metrics">/metrics</a>
      </footer>
    </>
  );
}

function Streams(props: {
  readonly loading: boolean;
  readonly streams: ReturnType<typeof distinctStreams>;
}) {
  if (props.loading) {
    return (
      <Notice tone="plain" title="Loading">
        Reading monitors from the server.
      </Notice>
    );
  }
  if (props.streams.length === 0) return null;
  return (
    <section aria-label="Streams" class="streams">
      {props.streams.map((stream) => (
        <StreamCard key={stream.name} stream={stream} />
      ))}
    </section>
  );
}
