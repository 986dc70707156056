import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { BASELINE_FORMATS } from '#libs/baselines/readers/table.ts';
import type { BaselineConfig } from '#libs/config/resolved.ts';
import { hasStore } from '../data-directory.ts';
import { showProgress } from '../progress.ts';
import { type CreateOptions, readCreateOptions, type StoreOptions } from './baseline-options.ts';
import { compareLocalBaselines } from './compare-baselines.ts';
import { describeBaseline, tabulateBaselines } from './describe-baseline.ts';
import { listLocalBaselines, noBaseline, withLocalStore } from './local-baselines.ts';

type JsonOption = StoreOptions & { readonly json?: boolean };

const REMARKS = `
The store belongs to one process: while a server runs on the same data
directory these commands are refused, naming it.
`;
const EXIT_CODES = '\nExit codes: 0 done, 2 not done, 130 interrupted (nothing was stored)';

/** `plumbline baseline create|list|show|compare`, on the local store. */
export function baselineCommand(program: Command): void {
  const group = program
    .command('baseline')
    .description('Build, list and look at baselines in the local store')
    .addHelpText(
      'after',
      `${REMARKS}
Examples:
  $ plumbline baseline create january --file january.parquet --time ts
  $ plumbline baseline list
  $ plumbline baseline show january
  $ plumbline baseline compare january
${EXIT_CODES}`,
    );
  const withStore = (command: Command) =>
    command
      .option('--data <directory>', 'data directory', '.plumbline')
      .option('--namespace <name>', 'namespace', 'default')
      .option('--json', 'print JSON');
  const collect = (value: string, all: readonly string[] = []) => [...all, value];

  withStore(group.command('create'))
    .description('Build a baseline from a Parquet, Arrow, CSV or NDJSON file')
    .argument('<name>', 'name of the baseline')
    .requiredOption('-f, --file <path>', 'data file; .gz is unpacked')
    .addOption(
      new Option('--format <format>', 'when the name does not tell').choices(BASELINE_FORMATS),
    )
    .option('--time <path>', 'column or JSON path of the event time')
    .option('--pane <duration>', 'length of a pane, with --time; 1h unless given')
    .option('--from <time>', 'only rows at or after this time (ISO 8601), with --time')
    .option('--to <time>', 'only rows before this time (ISO 8601), with --time')
    .option('--min-count <rows>', 'coarsen it until no count is about fewer rows', Number)
    .option('--model-version <version>', 'model version that the data belongs to')
    .option('--version-name <version>', 'version of the baseline; part of its hash unless given')
    .option('--fields <names>', 'only these fields, with commas between')
    .option('--type <field=type>', 'override a type; may be repeated', collect)
    .option(
      '--derive <name=function:path>',
      'add a derived field, for example hour=hour_of_day:$.date; may be repeated',
      collect,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline baseline create january --file january.parquet --time ts
  $ plumbline baseline create shop --file train.csv --type zip=categorical \\
      --time '$.date' --derive 'hour=hour_of_day:$.date' --to 2024-07-01
${EXIT_CODES}`,
    )
    .action(create);
  withStore(group.command('list'))
    .description('List all baselines')
    .addHelpText('after', `\nExample:\n  $ plumbline baseline list --json\n${EXIT_CODES}`)
    .action(list);
  withStore(group.command('show'))
    .description('Show one baseline: provenance, fields, warnings')
    .argument('<name>', 'name of the baseline')
    .argument('[version]', 'version; the newest unless given')
    .addHelpText('after', `\nExample:\n  $ plumbline baseline show january\n${EXIT_CODES}`)
    .action(show);
  withStore(group.command('compare'))
    .description('Compare two versions of a baseline, field by field')
    .argument('<name>', 'name of the baseline')
    .argument('[from]', 'version to compare with; the one before the newest unless given')
    .argument('[to]', 'version that is judged; the newest unless given')
    .addHelpText(
      'after',
      `
The rows of one version are judged like a window that is compared with the
other, over every distinct value, with the default limits.

Example:
  $ plumbline baseline compare shop 2024-06 2024-07
${EXIT_CODES}`,
    )
    .action((name: string, from: string | undefined, to: string | undefined, options: JsonOption) =>
      compareLocalBaselines(
        { name, versions: [from, to].filter((version) => version !== undefined) },
        options,
      ),
    );
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const config = await readCreateOptions(name, options);
  // A store that another process has should be known before a long file is read; where there is
  // none yet, a file that is no good should not leave one behind.
  if (hasStore(resolve(options.data))) {
    await withLocalStore(options.data, async (store) => {
      await store.ping();
    });
  }
  const { record, content } = await build(config, options.fields);
  await withLocalStore(options.data, (store) => store.putBaseline(record, content));
  process.stdout.write(options.json === true ? json(record) : describeBaseline(record));
}

async function build(config: BaselineConfig, fields: string | undefined) {
  // Reading Parquet and keeping a store take much code that other commands need not wait for.
  const { createBaseline } = await import('#libs/baselines/create-baseline.ts');
  const progress = showProgress();
  try {
    return await createBaseline(config.file, {
      ...{ name: config.name, namespace: config.namespace, now: Date.now() },
      overrides: Object.fromEntries(config.fields.map(({ name, ...rest }) => [name, rest])),
      derive: Object.fromEntries(
        config.derive.map(({ name, derivation, path }) => [name, { [derivation]: path }]),
      ),
      ...(fields === undefined ? {} : { fields: fields.split(',').map((field) => field.trim()) }),
      ...(config.format === undefined ? {} : { table: { format: config.format } }),
      ...(config.timePath === undefined ? {} : { time: config.timePath, pane: config.paneMs }),
      ...(config.fromMs === undefined ? {} : { from: config.fromMs }),
      ...(config.toMs === undefined ? {} : { to: config.toMs }),
      ...(config.minCount === undefined ? {} : { minCount: config.minCount }),
      ...(config.modelVersion === undefined ? {} : { modelVersion: config.modelVersion }),
      ...(config.version === undefined ? {} : { version: config.version }),
      onProgress: (rows) => progress.update(`${rows.toLocaleString('en-US')} rows read`),
    });
  } finally {
    progress.done();
  }
}

async function list(options: JsonOption): Promise<void> {
  const records = await listLocalBaselines(options);
  if (options.json === true) process.stdout.write(json(records));
  else if (records.length > 0) process.stdout.write(tabulateBaselines(records));
  else {
    process.stdout.write(
      `no baselines yet in ${options.data}; make one with \`plumbline baseline create NAME --file FILE\`\n`,
    );
  }
}

async function show(name: string, version: string | undefined, options: JsonOption): Promise<void> {
  const known = await listLocalBaselines(options);
  const found = known.find(
    (record) => record.name === name && (version === undefined || record.version === version),
  );
  if (found === undefined) {
    const asked = { verb: 'show', name, data: options.data };
    throw noBaseline(known, version === undefined ? asked : { ...asked, version });
  }
  process.stdout.write(options.json === true ? json(found) : describeBaseline(found));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
