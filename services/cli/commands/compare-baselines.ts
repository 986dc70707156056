import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { BaselineRecord } from '#libs/store/port.ts';
import type { StoreOptions } from './baseline-options.ts';
import { describeComparison } from './describe-comparison.ts';
import { listLocalBaselines, noBaseline, withLocalStore } from './local-baselines.ts';

interface Asked {
  readonly name: string;
  readonly versions: readonly string[];
}

/** `plumbline baseline compare NAME [FROM] [TO]`. */
export async function compareLocalBaselines(
  asked: Asked,
  options: StoreOptions & { readonly json?: boolean },
): Promise<void> {
  const { before, after } = chooseVersions(await listLocalBaselines(options), asked, options.data);
  // Judging takes much code that other commands need not wait for.
  const { compareBaselines } = await import('#libs/planning/compare-baselines.ts');
  const { decodeBaseline } = await import('#libs/baselines/decode.ts');
  const [first, second] = await withLocalStore(options.data, async (store) => [
    await store.baselineContent(before.hash),
    await store.baselineContent(after.hash),
  ]);
  const comparison = compareBaselines({
    before: decodeBaseline(first!, before.hash),
    after: decodeBaseline(second!, after.hash),
  });
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ before, after, ...comparison }, null, 2)}\n`
      : describeComparison(comparison, { before, after }),
  );
}

/** Without versions the two newest; with one, it and the newest. */
function chooseVersions(
  known: readonly BaselineRecord[],
  { name, versions }: Asked,
  data: string,
): { readonly before: BaselineRecord; readonly after: BaselineRecord } {
  const records = known.filter((record) => record.name === name);
  const find = (version: string): BaselineRecord => {
    const found = records.find((record) => record.version === version);
    if (found !== undefined) return found;
    throw noBaseline(known, { verb: 'compare', name, version, data });
  };
  const [newest, previous] = records;
  if (newest === undefined) throw noBaseline(known, { verb: 'compare', name, data });
  const [from, to] = versions;
  const before = from === undefined ? previous : find(from);
  if (before === undefined) {
    throw new PlumblineError(
      'PLB_BASELINE_NOT_FOUND',
      `Cannot compare ${name}: there is only one version of it, ${newest.version}`,
      { fix: 'build another one under the same name' },
    );
  }
  return { before, after: to === undefined ? newest : find(to) };
}
