import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { isMap, toSchemaNode } from './describe.ts';
import { type Finding, formatKeyPath } from './finding.ts';
import { locate } from './locate.ts';
import { parseYaml } from './parse-yaml.ts';
import { type Problem, toProblem } from './problem.ts';
import { resolveComparison } from './resolve/resolve-comparison.ts';
import type { ComparisonConfig } from './resolved.ts';
import { checkComparison } from './rules/check-comparison.ts';
import { type CheckDocument, CheckSchema } from './schemas/check.ts';
import { formatSuggestion } from './suggest.ts';
import { validate } from './validate.ts';

export type CheckOutcome =
  | {
      readonly ok: true;
      readonly document: CheckDocument;
      readonly config: ComparisonConfig;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads and checks a configuration of `plumbline check`: the keys of a monitor that are about
 * values, by themselves. Every problem is told with its line.
 *
 * @param input YAML text, or the bytes of a file (UTF-8).
 */
export function parseCheck(input: string | Uint8Array): CheckOutcome {
  const yaml = parseYaml(input);
  if (!yaml.ok) return yaml;
  const problems = [
    ...yaml.duplicates,
    ...findingsOf(yaml.value).map((finding) => toProblem(finding, locate(finding, yaml))),
  ];
  if (problems.length > 0) {
    return {
      ok: false,
      problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
    };
  }
  const document = yaml.value as CheckDocument;
  return { ok: true, document, config: resolveComparison(document) };
}

/**
 * The same for a value of a program.
 *
 * @throws PLB_CONFIG_INVALID with every problem of it
 */
export function resolveCheck(document: CheckDocument): ComparisonConfig {
  const findings = findingsOf(document);
  if (findings.length === 0) return resolveComparison(document);
  const [first] = findings;
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot compare with these options: ${findings.map(describe).join('; ')}`,
    { path: formatKeyPath(first!.path) },
  );
}

function describe({ path, reason, suggestion, fix }: Finding): string {
  const help =
    suggestion === undefined
      ? fix === undefined
        ? ''
        : ` (${fix})`
      : ` (${formatSuggestion(suggestion)})`;
  return `${path.length === 0 ? 'they' : formatKeyPath(path)}: ${reason}${help}`;
}

function findingsOf(value: unknown): readonly Finding[] {
  const findings = [...validate(toSchemaNode(CheckSchema), value)];
  if (isMap(value)) {
    checkComparison({ name: '', path: [], value }, (finding) => findings.push(finding));
  }
  return findings;
}
