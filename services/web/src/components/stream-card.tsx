import { formatCount, formatShare } from '#libs/detectors/format-figure.ts';
import type { StreamState } from '../api/types.ts';
import { formatDuration, formatInstant } from '../format/time.ts';
import { readTallies } from '../state/tallies.ts';
import { Shape } from './shape.tsx';

const LOOKS = {
  live: { word: 'Live', shape: 'disc' },
  stalled: { word: 'Stalled', shape: 'square' },
  unwatched: { word: 'Not watched', shape: 'square' },
  waiting: { word: 'Waiting', shape: 'ring' },
  ended: { word: 'Ended', shape: 'bar' },
} as const;

/** One stream: whether data flows, how far event time got, what was counted and what was bad. */
export function StreamCard(props: { readonly stream: StreamState }) {
  const { stream } = props;
  const look = LOOKS[stream.condition];
  const tallies = readTallies(stream.tallies);
  return (
    <article class={`stream condition-${stream.condition}`}>
      <header>
        <h2>
          <span class="quiet">Stream</span> {stream.name}
        </h2>
        <span class={`badge condition-${stream.condition}`}>
          <Shape shape={look.shape} />
          {look.word}
        </span>
      </header>
      <p class="stream-reason">{stream.reason}</p>
      {stream.sampling !== null && (
        <p class="stream-reason">
          <strong>Sampled:</strong> only {formatShare(stream.sampling.share)} of the keys are
          counted.
        </p>
      )}
      <dl class="facts">
        <div>
          <dt>Event time</dt>
          <dd>{eventTime(stream)}</dd>
        </div>
        <div>
          <dt>Events counted</dt>
          <dd>{formatCount(tallies.events)}</dd>
        </div>
        <div>
          <dt>Bad events</dt>
          <dd>
            {formatCount(tallies.badTotal)}
            {tallies.bad.length > 0 && (
              <span class="quiet">
                {' '}
                ({tallies.bad.map(([why, count]) => `${why} ${formatCount(count)}`).join(', ')})
              </span>
            )}
          </dd>
        </div>
        {stream.lag !== null && stream.lag.records > 0 && (
          <div>
            <dt>Not counted yet</dt>
            <dd>{lag(stream.lag)}</dd>
          </div>
        )}
        {tallies.others.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

/** How much of the log is waiting, and since when. */
function lag({ records, seconds }: NonNullable<StreamState['lag']>): string {
  const waiting = `${formatCount(records)} records`;
  if (seconds === null || seconds < 1) return waiting;
  // In whole units of which there are at least two.
  const unit = [86_400, 3600, 60].find((size) => seconds >= 2 * size) ?? 1;
  const whole = Math.floor(seconds / unit) * unit;
  return `${waiting}, ${formatDuration(whole * 1000)} behind`;
}

/** Without a watermark nothing has come yet, or everything has. */
function eventTime({ watermark, condition }: StreamState): string {
  if (watermark !== null) return formatInstant(watermark);
  return condition === 'ended' ? 'complete' : 'none yet';
}
