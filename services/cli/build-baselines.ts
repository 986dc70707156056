import type { BaselineSummary } from '#libs/baselines/create-baseline.ts';
import type { BaselineConfig, MonitorConfig, ResolvedResources } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { ensureBaseline } from '#libs/planning/ensure-baseline.ts';
import type { Store } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { RunOptions } from './run-service.ts';

/**
 * Builds the configured baselines that are not stored yet, with what the monitors ask of them.
 *
 * @throws PlumblineError with the place in the configuration
 */
export async function buildBaselines(
  { baselines, monitors }: ResolvedResources,
  context: Pick<RunOptions, 'onBaseline'> & {
    readonly store: Store;
    readonly now: () => number;
    readonly lifecycle: Lifecycle;
  },
): Promise<void> {
  const { store, now, lifecycle, onBaseline } = context;
  for (const config of baselines) {
    const users = monitors.filter(
      ({ namespace, baseline }) =>
        namespace === config.namespace &&
        (baseline.kind === 'by_model_version' || baseline.name === config.name),
    );
    const begun = performance.now();
    const work = () =>
      ensureBaseline(config, {
        store,
        now,
        demands: {
          overrides: users.flatMap(({ fields }) => (fields.kind === 'listed' ? fields.fields : [])),
          derive: users.flatMap(({ derive }) => derive),
          // No monitor that chooses by model version compares with a baseline that has none.
          segments: users.flatMap(({ segments, baseline }) =>
            segments === undefined ||
            (baseline.kind === 'by_model_version' && config.modelVersion === undefined)
              ? []
              : [segments],
          ),
        },
        onProgress: (rows) => onBaseline?.(config.name, { kind: 'reading', rows }),
      });
    const lease = `baseline ${config.namespace}/${config.name}`;
    const { record, built } = await oneAtATime(store, lease, { work }).catch((error: unknown) => {
      throw withPlace(error, { config, users });
    });
    onBaseline?.(config.name, { kind: 'ready', record, built });
    if (!built) continue;
    lifecycle.emit({
      type: 'baseline_built',
      namespace: config.namespace,
      baseline: config.name,
      rows: record.rows,
      fields: (record.summary as BaselineSummary).fields.length,
      seconds: (performance.now() - begun) / 1000,
    });
  }
}

/** The error of a build with the place in the configuration that asked for it. */
function withPlace(
  error: unknown,
  asked: { readonly config: BaselineConfig; readonly users: readonly MonitorConfig[] },
): unknown {
  if (!(error instanceof PlumblineError)) return error;
  const { code, message, detail } = error;
  const segmented = asked.users.find(({ segments }) =>
    segments?.by.some((name) => message.includes(name)),
  );
  const path =
    detail.path === 'segments.by' && segmented !== undefined
      ? `monitors.${segmented.name}.segments.by`
      : placeOf(code, { ...asked, field: /^fields\.(.*)$/s.exec(detail.path ?? '')?.[1] });
  const fix =
    code === 'PLB_FILE_NOT_FOUND'
      ? 'check the path; a relative one starts from the folder of the configuration file'
      : detail.fix;
  return new PlumblineError(code, message, {
    path,
    ...(fix === undefined ? {} : { fix }),
    cause: error,
  });
}

function placeOf(
  code: PlumblineError['code'],
  asked: {
    readonly config: BaselineConfig;
    readonly users: readonly MonitorConfig[];
    readonly field: string | undefined;
  },
): string {
  const { config, users, field } = asked;
  const own = `baselines.${config.name}`;
  if (field === undefined) {
    return code.startsWith('PLB_FILE_') || code === 'PLB_BASELINE_EMPTY' ? `${own}.file` : own;
  }
  const named = ({ name }: { readonly name: string }) => name === field;
  for (const { name, fields, derive } of users) {
    if (fields.kind === 'listed' && fields.fields.some(named)) return `monitors.${name}.fields`;
    if (derive.some(named)) return `monitors.${name}.derive.${field}`;
  }
  return config.derive.some(named) ? `${own}.derive.${field}` : `${own}.fields.${field}`;
}
