import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiClient } from '../api/client.ts';
import type { MonitorItem } from '../api/types.ts';
import { formatWindow } from '../format/time.ts';
import { describeError } from '../state/describe-error.ts';
import { fieldLabel } from '../state/field-label.ts';
import { type Histories, seriesKey } from '../state/history.ts';
import type { PageAction } from '../state/page-state.ts';
import { formatRoute, type Selection } from '../state/route.ts';
import { AttributionTable } from './attribution-table.tsx';
import { DistributionPanel } from './distribution-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { KeyFigures } from './key-figures.tsx';
import { Notice } from './notice.tsx';
import { ProvenancePanel } from './provenance-panel.tsx';
import { QuantilesTable } from './quantiles-table.tsx';
import { StatisticsTable } from './statistics-table.tsx';
import { useWindowDetail } from './use-window-detail.ts';
import { VerdictBadge } from './verdict-badge.tsx';
import { WindowPicker } from './window-picker.tsx';

const HISTORY_LIMIT = 1_000;
/** The width below which the style sheet shows either the list or one field. */
const NARROW = '(max-width: 1139px)';

/** One field in full: its verdict in words, its way over time, one window's distribution. */
export function FieldDetail(props: {
  readonly client: ApiClient;
  readonly dispatch: (action: PageAction) => void;
  readonly histories: Histories;
  readonly monitor: MonitorItem | undefined;
  readonly loading: boolean;
  readonly selection: Selection;
}) {
  const { client, dispatch, selection } = props;
  const { monitor, field, segment } = selection;
  const [historyRead, setHistoryRead] = useState<'not yet' | 'done'>('not yet');
  useEffect(() => {
    client.evaluations({ monitor, field, segment, order: 'desc', limit: HISTORY_LIMIT }).then(
      (evaluations) => {
        dispatch({ kind: 'evaluations', evaluations });
        setHistoryRead('done');
      },
      (error: unknown) => dispatch({ kind: 'failed', problem: describeError(error) }),
    );
  }, [client, dispatch, monitor, field, segment]);

  const history = props.histories.get(seriesKey(selection)) ?? [];
  const index =
    selection.window === null
      ? history.length - 1
      : history.findLastIndex((evaluation) => evaluation.window.start === selection.window);
  const start = selection.window ?? history.at(-1)?.window.start ?? null;
  const detail = useWindowDetail(client, {
    selection,
    start,
    revision: history[index]?.revision ?? 0,
  });
  const known = detail.kind === 'ready' ? detail.evaluation : undefined;
  // The history is at hand at once; the distribution follows when the server has answered.
  const evaluation = known?.window.start === start ? known : (history[index] ?? known);
  const select = (position: number): void => {
    const wanted = history[position];
    if (wanted === undefined) return;
    const latest = position === history.length - 1;
    location.hash = formatRoute({ ...selection, window: latest ? null : wanted.window.start });
  };

  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A step taken inside the panel leaves the reader where they are; a link from elsewhere leads
    // here, where a narrow screen has just hidden what had the focus.
    if (panel.current?.contains(document.activeElement) === true) return;
    panel.current?.scrollIntoView({ block: 'start' });
    if (matchMedia(NARROW).matches) heading.current?.focus({ preventScroll: true });
  }, [selection]);

  return (
    <section class="panel detail" aria-labelledby="detail-heading" ref={panel}>
      <p class="back">
        <a href="#/">← All fields</a>
      </p>
      <header class="detail-header">
        <h2 id="detail-heading" ref={heading} tabIndex={-1}>
          {fieldLabel(selection)} <span class="quiet">of {monitor}</span>
        </h2>
        {evaluation !== undefined && <VerdictBadge verdict={evaluation.verdict} />}
      </header>
      {evaluation === undefined ? (
        <Missing
          loading={
            props.loading ||
            historyRead === 'not yet' ||
            (start !== null && detail.kind === 'loading')
          }
          monitor={props.monitor}
        />
      ) : (
        <>
          <WindowPicker
            label={formatWindow(evaluation.window)}
            index={index}
            count={history.length}
            following={selection.window === null}
            onSelect={select}
          />
          <p class="reason">{evaluation.reason}</p>
          {evaluation.warnings.length > 0 && (
            <ul class="warnings">
              {evaluation.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
          <KeyFigures evaluation={evaluation} />
          <AttributionTable evaluation={evaluation} />
          <HistoryPanel history={history} index={index} evaluation={evaluation} onSelect={select} />
          {detail.kind === 'failed' && (
            <Notice tone="problem" title="The distribution cannot be read">
              {detail.problem}
            </Notice>
          )}
          {known?.detail !== undefined && (
            <DistributionPanel evaluation={known} detail={known.detail} />
          )}
          {known?.detail?.quantiles !== undefined && (
            <QuantilesTable quantiles={known.detail.quantiles} />
          )}
          <StatisticsTable evaluation={evaluation} />
          <ProvenancePanel evaluation={evaluation} runbook={props.monitor?.runbook ?? null} />
        </>
      )}
    </section>
  );
}

function Missing(props: { readonly loading: boolean; readonly monitor: MonitorItem | undefined }) {
  if (props.monitor === undefined && !props.loading) {
    return (
      <Notice tone="plain" title="No such monitor">
        The address names a monitor that is not configured. Choose a field from the list.
      </Notice>
    );
  }
  if (props.monitor !== undefined && props.monitor.verdict === null) {
    return (
      <Notice tone="plain" title="No data yet">
        This waits for the first window of the monitor to close: its event time must pass the end of
        the window and the allowed lateness. The stream says: {props.monitor.stream.reason}
      </Notice>
    );
  }
  return (
    <Notice tone="plain" title={props.loading ? 'Loading' : 'No such window'}>
      {props.loading
        ? 'Reading the windows of this field.'
        : 'Nothing was published for this field and window, or it is older than what is kept.'}
    </Notice>
  );
}
