import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENTATION = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Keeps a run as the one that the documentation shows: between its two marks there. */
export function recordRun(name: string, run: { readonly report: object; readonly text: string }) {
  const file = new URL(`results/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(run.report, null, 2)}\n`);
  const begin = `<!-- recorded run: ${name} -->`;
  const end = `<!-- end of the recorded run: ${name} -->`;
  const page = readFileSync(DOCUMENTATION, 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`Cannot record: the page has no place for ${name}`);
  const kept = page.slice(0, from + begin.length);
  writeFileSync(DOCUMENTATION, `${kept}\n\n${run.text}\n\n${page.slice(to)}`);
}
