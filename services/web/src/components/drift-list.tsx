import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { formatWindow } from '../format/time.ts';
import { fieldLabel } from '../state/field-label.ts';
import { seriesKey } from '../state/history.ts';
import { formatRoute } from '../state/route.ts';
import { VerdictBadge } from './verdict-badge.tsx';

const SHOWN = 25;

/** The drift found lately, newest window first; each entry opens its field at that window. */
export function DriftList(props: {
  readonly drift: readonly Evaluation[];
  readonly loading: boolean;
}) {
  const shown = props.drift.slice(0, SHOWN);
  return (
    <section class="panel drift" aria-labelledby="drift-heading">
      <h2 id="drift-heading">Drift found lately</h2>
      {shown.length === 0 ? (
        <p class="quiet">
          {props.loading ? 'Reading …' : 'None: no published window was beyond a limit so far.'}
        </p>
      ) : (
        <ol>
          {shown.map((evaluation) => (
            <li key={`${seriesKey(evaluation)}${evaluation.window.start}`}>
              <a class="drift-row" href={linkTo(evaluation)}>
                <span class="drift-window">{formatWindow(evaluation.window)}</span>
                <VerdictBadge verdict={evaluation.verdict} />
                <strong class="drift-field">
                  {fieldLabel(evaluation)} <span class="quiet">of {evaluation.monitor}</span>
                </strong>
                <span class="drift-reason">{evaluation.reason}</span>
              </a>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function linkTo(evaluation: Evaluation): string {
  return formatRoute({ ...evaluation, window: evaluation.window.start });
}
