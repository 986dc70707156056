import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkText } from '#libs/config/check-text.ts';
import { parseConfig } from '#libs/config/parse-config.ts';
import type { Problem } from '#libs/config/problem.ts';
import type { BaselineConfig } from '#libs/config/resolved.ts';
import { nameSchema } from '#libs/config/schemas/vocabulary.ts';
import { formatSuggestion } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { reasonOf } from '../system-reason.ts';

export interface StoreOptions {
  readonly data: string;
  readonly namespace: string;
}

export interface CreateOptions extends StoreOptions {
  readonly file: string;
  readonly format?: string;
  readonly time?: string;
  readonly pane?: string;
  readonly from?: string;
  readonly to?: string;
  readonly minCount?: number;
  readonly modelVersion?: string;
  readonly versionName?: string;
  readonly type?: readonly string[];
  readonly derive?: readonly string[];
  readonly fields?: string;
  readonly json?: boolean;
}

/** Options by the keys of a configuration file that mean the same. */
const OPTION_OF: Readonly<Record<string, string>> = {
  file: '--file',
  format: '--format',
  time: '--time',
  pane: '--pane',
  from: '--from',
  to: '--to',
  privacy: '--min-count',
  model_version: '--model-version',
  version: '--version-name',
  fields: '--type',
  derive: '--derive',
};

/**
 * Reads the options of `baseline create` by the rules of a configuration file, so that both accept
 * the same things.
 *
 * @throws PLB_CONFIG_INVALID naming the option, PLB_FILE_NOT_FOUND for the data file
 */
export async function readCreateOptions(
  name: string,
  options: CreateOptions,
): Promise<BaselineConfig> {
  checkName('NAME', name);
  checkName('--namespace', options.namespace);
  const document = {
    file: options.file,
    format: options.format,
    time: options.time,
    pane: options.pane,
    from: options.from,
    to: options.to,
    privacy: options.minCount === undefined ? undefined : { min_count: options.minCount },
    model_version: options.modelVersion,
    version: options.versionName,
    fields: entries(options.type, (text) => {
      const [field, type] = split('--type', { text, mark: '=', form: 'FIELD=TYPE' });
      return [field, { type }];
    }),
    derive: entries(options.derive, (text) => {
      const form = 'NAME=FUNCTION:PATH, for example hour=hour_of_day:$.date';
      const [field, rule] = split('--derive', { text, mark: '=', form });
      const [derivation, path] = split('--derive', { text: rule, mark: ':', form, whole: text });
      return [field, { [derivation]: path }];
    }),
  };
  // JSON is YAML.
  const outcome = parseConfig(JSON.stringify({ baselines: { [name]: document } }), {
    source: resolve('command-line'),
  });
  if (!outcome.ok) throw optionError(outcome.problems);
  const [config] = outcome.config.baselines;
  await requireFile(config!.file);
  return { ...config!, namespace: options.namespace };
}

function checkName(what: string, name: string): void {
  const objection = checkText(nameSchema({ description: what }), name);
  if (objection !== undefined) {
    throw new PlumblineError('PLB_CONFIG_INVALID', `Cannot use ${what}: it ${objection.reason}`);
  }
}

function entries<T>(
  texts: readonly string[] | undefined,
  read: (text: string) => [string, T],
): Record<string, T> | undefined {
  return texts === undefined ? undefined : Object.fromEntries(texts.map(read));
}

function split(
  option: string,
  how: {
    readonly text: string;
    readonly mark: string;
    readonly form: string;
    readonly whole?: string;
  },
): [string, string] {
  const { text, mark, form, whole = text } = how;
  const at = text.indexOf(mark);
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot use ${option}: it must be ${form}, got ${JSON.stringify(whole)}`,
  );
}

/** `baselines.NAME.derive.FIELD.FUNCTION`, where a name that is no plain word is in brackets. */
const PLACE = /^baselines(?:\.[\w-]+|\[".*?"\])\.?(\w*)\.?([\w-]*|\[".*?"\])\.?([\w-]*)$/;

function optionError(problems: readonly Problem[]): PlumblineError {
  const lines = problems.map(({ path, reason, suggestion, alternatives = [] }) => {
    const [, key = '', field = '', rest] = PLACE.exec(path) ?? [];
    const option = `${OPTION_OF[key] ?? 'NAME'} ${key === 'privacy' ? '' : field}`.trim();
    const what =
      key === 'derive' && reason === 'unknown key'
        ? `there is no function ${rest}`
        : `it ${reason.replaceAll('needs time,', 'needs --time,')}`;
    const meant =
      suggestion === undefined
        ? ''
        : `; ${formatSuggestion({ best: suggestion, others: alternatives })}`;
    return `Cannot use ${option}: ${what}${meant}`;
  });
  return new PlumblineError('PLB_CONFIG_INVALID', lines.join('\n'));
}

/** The name of a file that is not there should be to blame, not the format that it does not tell. */
async function requireFile(path: string): Promise<void> {
  const reason = await stat(path).then(
    (found) => (found.isDirectory() ? 'it must be a file, got a directory' : null),
    reasonOf,
  );
  if (reason === null) return;
  throw new PlumblineError('PLB_FILE_NOT_FOUND', `Cannot open ${path}: ${reason}`, {
    path,
    fix: 'check --file; a relative path starts from the working directory',
  });
}
