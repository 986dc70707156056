import { type Finding, formatKeyPath } from './finding.ts';
import { formatSuggestion } from './suggest.ts';

/** Something wrong in a configuration file: where, why, and how to mend it. */
export interface Problem {
  /** `monitors.daily.thresholds.delay.ks`; empty for the file as a whole and for its syntax. */
  readonly path: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  readonly fix?: string;
  /** The nearest right name for a wrong one. */
  readonly suggestion?: string;
  /** Right names that are exactly as near. */
  readonly alternatives?: readonly string[];
}

export function toProblem(
  finding: Finding,
  position: { readonly line: number; readonly column: number },
): Problem {
  const { suggestion, fix } = finding;
  return {
    path: formatKeyPath(finding.path),
    line: position.line,
    column: position.column,
    reason: finding.reason,
    ...(fix === undefined ? {} : { fix }),
    ...(suggestion === undefined ? {} : { suggestion: suggestion.best }),
    ...(suggestion === undefined || suggestion.others.length === 0
      ? {}
      : { alternatives: suggestion.others }),
  };
}

/**
 * Problems for a terminal, one a line with its fix below:
 * `plumbline.yaml:12:7 monitors.daily.windw: unknown key; did you mean "window"?`
 */
export function formatProblems(problems: readonly Problem[], source: string): string {
  return problems
    .map(({ path, line, column, reason, fix, suggestion, alternatives = [] }) => {
      const meant =
        suggestion === undefined
          ? ''
          : `; ${formatSuggestion({ best: suggestion, others: alternatives })}`;
      const help = fix === undefined ? '' : `\n  fix: ${fix}`;
      return `${source}:${line}:${column} ${path === '' ? '' : `${path}: `}${reason}${meant}${help}`;
    })
    .join('\n');
}
