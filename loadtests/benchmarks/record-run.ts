import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENTATION = new URL('../../docs/', import.meta.url);

/** Keeps a run as the one that the documentation shows. */
export function recordRun(name: string, run: { readonly report: object; readonly text: string }) {
  const file = new URL(`results/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(run.report, null, 2)}\n`);
  showRun('benchmarks.md', { name, text: run.text });
}

/** Puts what a run has found on a page, between its two marks there. */
export function showRun(
  page: string,
  { name, text }: { readonly name: string; readonly text: string },
): void {
  const path = fileURLToPath(new URL(page, DOCUMENTATION));
  const begin = `<!-- recorded run: ${name} -->`;
  const end = `<!-- end of the recorded run: ${name} -->`;
  const before = readFileSync(path, 'utf8');
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  if (from === -1 || to < from) throw new Error(`Cannot record: ${page} has no place for ${name}`);
  const kept = before.slice(0, from + begin.length);
  writeFileSync(path, `${kept}\n\n${text}\n\n${before.slice(to)}`);
}
