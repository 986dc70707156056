import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { formatCount } from '#libs/detectors/format-figure.ts';
import type { FieldState } from '../api/types.ts';
import { formatFigure } from '../format/number.ts';
import { statisticLongName, statisticShortName } from '../format/statistic-name.ts';
import { judgedValue } from '../plots/judged-value.ts';
import { fieldKind } from '../state/field-kind.ts';
import { fieldLabel } from '../state/field-label.ts';
import type { FieldHistory } from '../state/history.ts';
import { leadingStatistic } from '../state/leading-statistic.ts';
import { formatRoute } from '../state/route.ts';
import { Sparkline } from './sparkline.tsx';
import { VerdictBadge } from './verdict-badge.tsx';

/** One field: name, state, newest statistic against its limits, and how it came there. */
export function FieldRow(props: {
  readonly monitor: string;
  readonly field: FieldState;
  readonly history: FieldHistory;
  readonly selected: boolean;
}) {
  const { monitor, field, history, selected } = props;
  const newest = history.at(-1);
  const statistic = newest === undefined ? undefined : leadingStatistic(newest);
  return (
    <li>
      <a
        class="field-row"
        href={formatRoute({ monitor, field: field.field, segment: field.segment, window: null })}
        aria-current={selected ? 'true' : undefined}
        title={field.reason ?? undefined}
      >
        <span class="field-name">
          <strong>{fieldLabel(field)}</strong>
          <span class="quiet">{fieldKind(field.field, newest)}</span>
        </span>
        <VerdictBadge verdict={field.verdict} />
        <FieldFigure newest={newest} statistic={statistic} />
        {statistic === undefined ? <span /> : <Sparkline history={history} statistic={statistic} />}
      </a>
    </li>
  );
}

/** The newest statistic against its limit, or how many values there were where too few. */
function FieldFigure(props: {
  readonly newest: Evaluation | undefined;
  readonly statistic: string | undefined;
}) {
  const { newest, statistic } = props;
  const figure = statistic === undefined ? undefined : newest?.statistics[statistic];
  if (newest === undefined || statistic === undefined || figure === undefined) {
    return <span class="field-figure quiet">no figures yet</span>;
  }
  if (judgedValue(newest, statistic) === null) {
    return (
      <span class="field-figure">
        <span>
          <b>{formatCount(newest.m)}</b> {newest.field === null ? 'events' : 'values'}
        </span>
        <span class="quiet">not judged</span>
      </span>
    );
  }
  const threshold = figure.threshold?.critical ?? figure.threshold?.warning;
  return (
    <span class="field-figure">
      <span title={statisticLongName(statistic)}>
        {newest.field === null ? 'Ratio' : statisticShortName(statistic)}{' '}
        <b>{formatFigure(statistic, figure.statistic)}</b>
      </span>
      <span class="quiet">
        {threshold === undefined ? 'no limit' : `limit ${formatFigure(statistic, threshold)}`}
      </span>
    </span>
  );
}
