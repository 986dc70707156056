import type { CheckDocument } from '#libs/config/schemas/check.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { Baseline } from './baseline.ts';
import type { Comparison } from './comparison.ts';
import type { DataSource } from './data-source.ts';
import { evaluate } from './evaluate.ts';
import { Profile } from './profile.ts';

/** What is compared and how it is judged, by the keys of a configuration. */
export interface CompareOptions extends CheckDocument {
  /** Column or JSON path of the event time of both sides. */
  readonly time?: string;
  /** Called now and then with the rows read so far of the side that is being read. */
  readonly onProgress?: (side: 'baseline' | 'current', rows: number) => void;
}

/**
 * Compares current rows with reference data: each a file, rows or columns. The reference may be a
 * `Baseline` made before; then what it counts is settled, and the options only judge.
 *
 * @throws PlumblineError for files that cannot be read and options that do not fit
 */
export async function compare(
  reference: DataSource | Baseline,
  current: DataSource,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { fields, derive, bins, time, onProgress, ...judging } = options;
  const counting = defined({ fields, derive, bins, time });
  let baseline: Baseline;
  if (reference instanceof Baseline) {
    refuseCounting(counting);
    baseline = reference;
  } else {
    const report = (rows: number) => onProgress?.('baseline', rows);
    baseline = await Baseline.from(reference, { ...counting, onProgress: report });
  }
  const profile = await Profile.of(baseline, current, {
    onProgress: (rows) => onProgress?.('current', rows),
  });
  return evaluate(profile, judging);
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Only what is given: an option that is absent differs from one that is undefined. */
function defined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

function refuseCounting(counting: object): void {
  const [name] = Object.keys(counting);
  if (name === undefined) return;
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot compare with the option ${name}: the baseline that is given was made without it`,
    { path: name, fix: 'give it to Baseline.from' },
  );
}
