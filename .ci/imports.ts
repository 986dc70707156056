import { globSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';

/** Folders of pure code: no file, no network, no clock of their own. */
const PURE = ['libs/statistics', 'libs/profiles', 'libs/windows', 'libs/detectors'];
/** Node's modules that compute and do no I/O. */
const PURE_MODULES = new Set(['node:crypto', 'node:zlib']);
/** The one service that composes the others. */
const COMPOSER = 'services/cli';

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

/** `libs/profiles` or `services/api` of a path; `loadtests`, `deploy` and the rest as they are. */
function folderOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return top === 'libs' || top === 'services' ? `${top}/${name}` : top;
}

/** Why a file may not import what it imports, or `null`. */
function objection(file: string, specifier: string): string | null {
  const from = folderOf(file);
  const test = /\.(test|bench)\.tsx?$|\/(testing|exactness|reference)\/|contract[^/]*\.ts$/.test(
    file,
  );
  if (specifier.startsWith('node:')) {
    return PURE.includes(from) && !test && !PURE_MODULES.has(specifier)
      ? `${from} is pure and may not use ${specifier}`
      : null;
  }
  const target = specifier.startsWith('#')
    ? specifier.slice(1)
    : specifier.startsWith('.')
      ? posix.join(dirname(file), specifier)
      : null;
  if (target === null) return null;
  const to = folderOf(target);
  if (from === to) {
    return specifier.startsWith('#') && !test ? 'inside a folder imports are relative' : null;
  }
  if (!specifier.startsWith('#') && !test)
    return 'across folders imports begin with #libs or #services';
  if (from.startsWith('libs/')) {
    if (!to.startsWith('libs/') && !test) return `libs may not import ${to}`;
    if (PURE.includes(from) && !test && !PURE.includes(to) && to !== 'libs/errors') {
      return `${from} is pure and may not import ${to}`;
    }
  }
  if (from === 'deploy' && !to.startsWith('libs/')) return `deploy may not import ${to}`;
  if (from.startsWith('services/') && to === 'deploy' && !test) {
    return 'only tests and load tests start what is in deploy';
  }
  if (from.startsWith('services/') && to.startsWith('services/') && from !== COMPOSER && !test) {
    return `services do not import each other, only ${COMPOSER} composes them`;
  }
  return null;
}

const files = globSync(
  ['libs/**/*.{ts,tsx}', 'services/**/*.{ts,tsx}', 'deploy/**/*.ts', 'loadtests/**/*.ts'],
  { exclude: (path) => /node_modules|dist/.test(String(path)) },
);
const graph = new Map<string, Set<string>>();
const problems: string[] = [];
for (const file of files) {
  for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    const reason = objection(file, specifier);
    if (reason !== null) problems.push(`${file}: ${specifier}: ${reason}`);
    if (specifier.startsWith('#libs/') && file.startsWith('libs/') && !/\.test\.ts$/.test(file)) {
      const from = folderOf(file);
      const to = folderOf(specifier.slice(1));
      if (from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  }
}
for (const cycle of cycles(graph)) problems.push(`folders import each other: ${cycle.join(' → ')}`);
for (const line of problems) process.stderr.write(`${line}\n`);
process.stdout.write(`${files.length} files, ${problems.length} imports against the direction\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Cycles between folders, each found once from its first member by name. */
function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = [];
  const walk = (path: readonly string[]): void => {
    for (const next of edges.get(path.at(-1)!) ?? []) {
      if (next === path[0]) found.push([...path, next]);
      else if (next > path[0]! && !path.includes(next)) walk([...path, next]);
    }
  };
  for (const folder of edges.keys()) walk([folder]);
  return found;
}
