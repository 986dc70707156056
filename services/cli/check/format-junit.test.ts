import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeMarkup } from './escape-markup.ts';
import { formatJunit } from './format-junit.ts';
import { sampleField, sampleFields, sampleReport } from './report-fixture.ts';

/** The elements of a document in order; throws where it is not well-formed. */
function elementsOf(xml: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  const text = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const token = /<(\/?)([a-z-]+)((?: [a-z-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const match of text.matchAll(token)) {
    if (match.index !== end) throw new Error(`not well-formed at ${end}`);
    end += match[0].length;
    const [, closing, name = '', attributes = '', empty, content] = match;
    for (const part of [attributes, content ?? '']) {
      if (/&(?!amp;|lt;|gt;|quot;|#39;)/.test(part)) throw new Error(`bare & in ${part}`);
    }
    if (content !== undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    if (empty !== '/') open.push(name);
    const pairs = [...attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)];
    found.push({
      name,
      attributes: Object.fromEntries(pairs.map(([, key, value]) => [key!, value!])),
    });
  }
  if (end !== text.length || open.length > 0) throw new Error(`ends open: ${open.join()}`);
  return found;
}

describe('the JUnit report', () => {
  test('fails what drifted, skips what is undecided, and counts both', () => {
    const elements = elementsOf(formatJunit(sampleReport()));
    expect(elements.map(({ name }) => name)).toEqual([
      'testsuites',
      'testsuite',
      ...['testcase', 'failure'],
      ...['testcase', 'system-out'],
      ...['testcase', 'skipped'],
    ]);
    expect(elements[1]!.attributes).toEqual({
      name: 'today.parquet against train.parquet',
      tests: '3',
      failures: '1',
      errors: '0',
      skipped: '1',
    });
    expect(elements[2]!.attributes.name).toBe('amount');
    expect(elements[3]!.attributes).toMatchObject({ type: 'ks_critical' });
    expect(elements[3]!.attributes.message).toContain('Median 41 → 63');
    expect(elements.at(-1)!.attributes.message).toBe('12 values, needs 100.');
  });

  test('a warning fails only where warnings do', () => {
    const fields = { a: sampleField({ verdict: 'warning' }) };
    const names = (failOn: 'warning' | 'critical') =>
      elementsOf(formatJunit({ ...sampleReport({}, fields), failOn })).map(({ name }) => name);
    expect(names('critical')).not.toContain('failure');
    expect(names('warning')).toContain('failure');
  });

  test('is well-formed whatever the names are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, reason) => {
        const fields = { [name]: { ...sampleFields().amount!, reason } };
        const xml = formatJunit({ ...sampleReport({}, fields), current: name });
        expect(elementsOf(xml)).toHaveLength(4);
        // Character data of XML 1.0.
        expect(xml).toMatch(/^[\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});

test('markup is escaped, control characters and halves of pairs are replaced', () => {
  expect(escapeMarkup(`<a href="x">'&\u0000\n\ud800\u202e`)).toBe(
    '&lt;a href=&quot;x&quot;&gt;&#39;&amp;··\ufffd·',
  );
});
