import { extname } from 'node:path';
import { Baseline } from '#libs/comparison/baseline.ts';
import { compare } from '#libs/comparison/compare.ts';
import { loadFile } from '#libs/config/load-file.ts';
import { parseCheck } from '#libs/config/parse-check.ts';
import type { CheckDocument } from '#libs/config/schemas/check.ts';
import { showProgress } from '../progress.ts';
import { exitCode } from './exit-code.ts';
import { findBaseline } from './find-baseline.ts';
import { formatText } from './format-text.ts';
import type { CheckReport, DriftLevel } from './report.ts';
import { checkOutput, writeReport } from './write-report.ts';

export type Format = 'text' | 'json' | 'junit' | 'html';

export interface CheckOptions {
  readonly baseline: string;
  readonly current: string;
  readonly config?: string;
  readonly time?: string;
  readonly format?: Format;
  readonly output?: string;
  readonly failOn: DriftLevel;
  readonly allowInsufficient?: boolean;
  readonly data: string;
  readonly namespace: string;
}

/** Formats that are what the name of the report says. */
const FORMAT_OF: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.xml': 'junit',
  '.html': 'html',
  '.htm': 'html',
};

/**
 * Compares two sets of rows, writes the report and answers the exit code.
 *
 * @throws PlumblineError for what cannot be compared
 */
export async function runCheck(options: CheckOptions): Promise<number> {
  const { current, output, failOn } = options;
  const format = options.format ?? FORMAT_OF[extname(output ?? '').toLowerCase()] ?? 'text';
  const document = options.config === undefined ? {} : await loadDocument(options.config);
  const inputs = [options.baseline, current, options.config ?? current];
  if (output !== undefined) await checkOutput(output, inputs);
  const report: CheckReport = {
    comparison: await compareFiles(options, document),
    baseline: options.baseline,
    current,
    failOn,
  };
  const toOutput = output !== undefined;
  const colours = wantsColours();
  const text = await render(report, { format, colours: colours && !toOutput });
  if (toOutput) await writeReport(output, text);
  process.stdout.write(toOutput ? formatText(report, { colours }) : text);
  return exitCode(report, { allowInsufficient: options.allowInsufficient === true });
}

async function loadDocument(path: string): Promise<CheckDocument> {
  return (await loadFile(path, parseCheck)).document;
}

async function compareFiles(options: CheckOptions, document: CheckDocument) {
  const { fields, derive, bins, ...judging } = document;
  const counting = {
    ...(fields === undefined ? {} : { fields }),
    ...(derive === undefined ? {} : { derive }),
    ...(bins === undefined ? {} : { bins }),
    ...(options.time === undefined ? {} : { time: options.time }),
  };
  const progress = showProgress();
  const report = (side: string) => (rows: number) =>
    progress.update(`${side}: ${rows.toLocaleString('en-US')} rows read`);
  try {
    const found = await findBaseline(options.baseline, options);
    const baseline =
      found.kind === 'stored'
        ? Baseline.decode(found.content, counting)
        : await Baseline.from(found.path, { ...counting, onProgress: report('baseline') });
    return await compare(baseline, options.current, {
      ...judging,
      onProgress: (side, rows) => report(side)(rows),
    });
  } finally {
    progress.done();
  }
}

async function render(
  report: CheckReport,
  { format, colours }: { readonly format: Format; readonly colours: boolean },
): Promise<string> {
  switch (format) {
    case 'text':
      return formatText(report, { colours });
    case 'json':
      return (await import('./format-json.ts')).formatJson(report);
    case 'junit':
      return (await import('./format-junit.ts')).formatJunit(report);
    case 'html':
      return (await import('./html/format-html.ts')).formatHtml(report);
  }
}

/** Colours are for people at a terminal who have not asked for none (no-color.org). */
function wantsColours(): boolean {
  return process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
}
