import type { CheckReport } from './report.ts';

/** The outcome as JSON: `fields` by name, and the `verdict` over all of them. */
export function formatJson({ comparison, baseline, current }: CheckReport): string {
  const document = {
    ...comparison,
    baseline: { source: baseline, ...comparison.baseline },
    current: { source: current, ...comparison.current },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
