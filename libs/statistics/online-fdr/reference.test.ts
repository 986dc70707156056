import { describe, expect, it } from 'vitest';
import { expectClose } from '../reference/expect-close.ts';
import { createOnlineFdr, type OnlineFdrName } from './procedures.ts';
import table from './reference/levels.json' with { type: 'json' };

describe('levels of the papers’ formulas and of the R package onlineFDR', () => {
  it.each(table)('$procedure $options, $p.length tests', ({ procedure, options, ...row }) => {
    const sequence = createOnlineFdr(procedure as OnlineFdrName, options as object);
    let discoveries = 0;
    for (const [i, p] of row.p.entries()) {
      const { level, discovery } = sequence.test(p);
      expectClose(level, row.levels[i]!, { relative: 1e-12, what: `level ${i + 1}` });
      const published = row.published?.[i];
      if (published !== undefined) expectClose(level, published, { relative: 1e-6 });
      expect(discovery).toBe(p <= row.levels[i]!);
      if (discovery) discoveries++;
    }
    expect(discoveries).toBeGreaterThan(2);
  });
});
