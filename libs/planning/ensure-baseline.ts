import { createHash } from 'node:crypto';
import { createBaseline } from '#libs/baselines/create-baseline.ts';
import { hashFile } from '#libs/baselines/hash-file.ts';
import type {
  BaselineConfig,
  DerivedField,
  FieldOverride,
  SegmentsConfig,
} from '#libs/config/resolved.ts';
import type { BaselineRecord, Store } from '#libs/store/port.ts';

/** What monitors ask of a baseline beyond its own configuration. */
export interface BaselineDemands {
  readonly overrides: readonly FieldOverride[];
  readonly derive: readonly DerivedField[];
  readonly segments?: readonly SegmentsConfig[];
}

export interface EnsuredBaseline {
  readonly record: BaselineRecord;
  /** False when the same file had been built the same way before. */
  readonly built: boolean;
}

/**
 * Builds a configured baseline and stores it, unless the same file was built the same way before:
 * then nothing is read but the file's hash.
 *
 * @throws what `createBaseline` throws; PLB_BASELINE_EXISTS when a fixed version names other content.
 */
export async function ensureBaseline(
  config: BaselineConfig,
  options: {
    readonly store: Store;
    readonly demands: BaselineDemands;
    readonly now: () => number;
    readonly onProgress?: (rows: number) => void;
  },
): Promise<EnsuredBaseline> {
  const { store, demands, now, onProgress } = options;
  const overrides = byName([...config.fields, ...demands.overrides]);
  const derive = byName([...config.derive, ...demands.derive]);
  const sha256 = await hashFile(config.file);
  const segments = distinct(demands.segments ?? []);
  // Where the file lies and how long it is good change nothing of what is counted.
  const counted = { ...config, file: '', expiresAfterMs: undefined };
  const recipe = createHash('sha256')
    .update(
      JSON.stringify([
        ...[sha256, counted, overrides, derive],
        // Without them the recipe is that of the releases before there were segments.
        ...(segments.length === 0 ? [] : [segments]),
      ]),
    )
    .digest('hex');
  const known = (await store.listBaselines(config.namespace)).find(
    (record) => record.name === config.name && recipeOf(record.summary) === recipe,
  );
  if (known !== undefined) return { record: known, built: false };
  const created = await createBaseline(config.file, {
    namespace: config.namespace,
    name: config.name,
    now: now(),
    overrides: Object.fromEntries(overrides.map(({ name, ...rest }) => [name, rest])),
    derive: Object.fromEntries(
      derive.map(({ name, derivation, path }) => [name, { [derivation]: path }]),
    ),
    ...(config.version === undefined ? {} : { version: config.version }),
    ...(config.modelVersion === undefined ? {} : { modelVersion: config.modelVersion }),
    ...(config.format === undefined ? {} : { table: { format: config.format } }),
    ...(config.timePath === undefined ? {} : { time: config.timePath, pane: config.paneMs }),
    ...(config.fromMs === undefined ? {} : { from: config.fromMs }),
    ...(config.toMs === undefined ? {} : { to: config.toMs }),
    ...(config.minCount === undefined ? {} : { minCount: config.minCount }),
    ...(segments.length === 0 ? {} : { segments }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const record = { ...created.record, summary: { ...created.record.summary, recipe } };
  await store.putBaseline(record, created.content);
  return { record, built: true };
}

/** The last of each name wins, in the order of the first ones. */
function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.name, item])).values()];
}

/** Monitors that ask for the same segments share them. */
function distinct(asked: readonly SegmentsConfig[]): readonly SegmentsConfig[] {
  return [...new Map(asked.map((each) => [JSON.stringify(each), each])).values()];
}

function recipeOf(summary: unknown): unknown {
  return typeof summary === 'object' && summary !== null && 'recipe' in summary
    ? summary.recipe
    : undefined;
}
