import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { formatCount, formatShare } from '#libs/detectors/format-figure.ts';
import { formatInstant } from '../format/time.ts';

/** What the window was made of, for whoever wants to recount it. */
export function ProvenancePanel(props: {
  readonly evaluation: Evaluation;
  readonly runbook: string | null;
}) {
  const { evaluation, runbook } = props;
  const { baseline, profile_id, offsets, excused, config_revision, sampling } =
    evaluation.provenance;
  return (
    <details class="block provenance">
      <summary>
        Revision {evaluation.revision}, published {formatInstant(evaluation.published_at)}
      </summary>
      <dl class="facts">
        <div class="wide">
          <dt>Baseline</dt>
          <dd>
            {baseline.name} {baseline.version}{' '}
            <code title={baseline.hash}>{baseline.hash.slice(0, 12)}</code>
          </dd>
        </div>
        <div class="wide">
          <dt>Counts below the offsets</dt>
          <dd>
            {Object.entries(offsets)
              .map(([partition, offset]) => `${partition}: ${formatCount(offset)}`)
              .join(', ') || 'none'}
          </dd>
        </div>
        {sampling !== undefined && (
          <div class="wide">
            <dt>Sample</dt>
            <dd>{formatShare(sampling.share)} of the keys, with all their events</dd>
          </div>
        )}
        {excused.length > 0 && (
          <div class="wide">
            <dt>Idle partitions not waited for</dt>
            <dd>{excused.join(', ')}</dd>
          </div>
        )}
        <div class="wide">
          <dt>Profile and configuration</dt>
          <dd>
            <code title={profile_id}>{profile_id.slice(0, 12)}</code>, revision {config_revision}
          </dd>
        </div>
        {runbook !== null && (
          <div class="wide">
            <dt>Runbook</dt>
            <dd>{isWebAddress(runbook) ? <a href={runbook}>{runbook}</a> : runbook}</dd>
          </div>
        )}
      </dl>
    </details>
  );
}

/** Other schemes, such as `javascript:`, are shown as text. */
function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text);
}
