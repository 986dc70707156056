import { Fragment } from 'preact';
import { formatShare } from '#libs/detectors/format-figure.ts';
import type { FieldState, MonitorItem } from '../api/types.ts';
import { formatDuration } from '../format/time.ts';
import { fieldGroups } from '../state/field-groups.ts';
import { type Histories, seriesKey } from '../state/history.ts';
import type { Selection } from '../state/route.ts';
import { FieldRow } from './field-row.tsx';
import { SegmentRows } from './segment-rows.tsx';
import { VerdictBadge } from './verdict-badge.tsx';

/** One monitor with a row for each field and for the volume of its stream. */
export function MonitorSection(props: {
  readonly monitor: MonitorItem;
  readonly histories: Histories;
  readonly selection: Selection | null;
}) {
  const { monitor, histories, selection } = props;
  const heading = `monitor-${monitor.name}`;
  const isSelected = (field: FieldState): boolean =>
    selection?.monitor === monitor.name &&
    selection.field === field.field &&
    selection.segment === field.segment;
  const row = (field: FieldState) => {
    const key = seriesKey({ ...field, monitor: monitor.name });
    return (
      <FieldRow
        key={key}
        monitor={monitor.name}
        field={field}
        history={histories.get(key) ?? []}
        selected={isSelected(field)}
      />
    );
  };
  return (
    <section class="monitor" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          <span class="quiet">Monitor</span> {monitor.name}
        </h2>
        <VerdictBadge verdict={monitor.verdict} />
      </header>
      <p class="quiet monitor-facts">{describe(monitor)}</p>
      <ul class="fields">
        {fieldGroups(monitor.fields).map(({ whole, segments }) => (
          <Fragment key={whole.field ?? ''}>
            {row(whole)}
            {segments.length > 0 && (
              <SegmentRows
                field={whole.field ?? 'Volume'}
                segments={segments}
                open={segments.some(isSelected)}
              >
                {segments.map(row)}
              </SegmentRows>
            )}
          </Fragment>
        ))}
      </ul>
      {monitor.fields.length === 0 && (
        <p class="quiet">No window was published yet: it waits for the first one to close.</p>
      )}
    </section>
  );
}

function describe(monitor: MonitorItem): string {
  const hop = monitor.hop === monitor.window ? '' : ` every ${formatDuration(monitor.hop)}`;
  const owner = monitor.owner === null ? '' : ` · owner ${monitor.owner}`;
  const { sampling } = monitor.stream;
  const sampled = sampling === null ? '' : ` · counts ${formatShare(sampling.share)} of the keys`;
  return `Windows of ${formatDuration(monitor.window)}${hop} · baseline ${monitor.baseline}${owner}${sampled}`;
}
