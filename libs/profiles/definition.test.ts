import { describe, expect, it } from 'vitest';
import { defineProfile } from './definition.ts';
import type { SegmentLayout } from './layout.ts';
import { definitionOf, layoutOf, numericLayout, spec } from './testing/layouts.ts';

const LAYOUT = layoutOf([numericLayout([0, 1])]);
const BASE = definitionOf(LAYOUT);

describe('the id of a profile', () => {
  it('is the same for the same definition', () => {
    expect(BASE.id).toMatch(/^[0-9a-f]{32}$/);
    expect(definitionOf(layoutOf([numericLayout([0, 1])])).id).toBe(BASE.id);
    expect(Object.isFrozen(BASE)).toBe(true);
  });

  const field = (rest: object) => ({
    ...LAYOUT,
    fields: [{ ...numericLayout([0, 1]), spec: { ...spec('x', 'numeric'), ...rest } }],
  });
  const segmented = (change: Partial<SegmentLayout>) => ({
    ...LAYOUT,
    segments: {
      by: [spec('c', 'categorical')],
      values: [['a'], ['b']],
      fields: LAYOUT.fields,
      ...change,
    },
  });
  const { reading } = BASE;
  it.each<[string, Partial<typeof BASE>]>([
    ['namespace', { reading: { ...reading, namespace: 'other' } }],
    ['stream', { reading: { ...reading, stream: 'other' } }],
    ['topics', { reading: { ...reading, topics: ['flights', 'more'] } }],
    ['time path', { reading: { ...reading, time: '$.other' } }],
    ['event size', { reading: { ...reading, maxEventBytes: 1 } }],
    ['time ahead', { reading: { ...reading, maxAheadMs: 1 } }],
    ['baseline', { layout: { ...LAYOUT, baselineHash: 'cd'.repeat(32) } }],
    ['grid', { layout: { ...LAYOUT, gridHash: 'cd'.repeat(32) } }],
    ['path', { layout: field({ path: '$.y' }) }],
    ['name', { layout: field({ name: 'y' }) }],
    ['type', { layout: field({ type: 'circular' }) }],
    ['derivation', { layout: field({ derive: 'log' }) }],
    ['period', { layout: field({ period: 24 }) }],
    ['coercion', { layout: field({ coerce: true }) }],
    ['pane', { paneMs: 1 }],
    ['block size', { blockSize: 1 }],
    ['segments', { layout: segmented({}) }],
    ['model version', { modelVersion: { path: '$.v', value: '1' } }],
  ])('depends on the %s', (_, change) => {
    expect(defineProfile({ ...BASE, ...change }).id).not.toBe(BASE.id);
  });

  it('depends on what segments are made by, and on their values', () => {
    const by = [spec('c', 'categorical')];
    const ids = [
      {},
      { values: [['a']] },
      { values: [['b'], ['a']] },
      { by: [{ ...by[0]!, path: '$.d' }] },
      { by: [{ ...by[0]!, type: 'boolean' as const }] },
      { by: [{ ...by[0]!, coerce: true }] },
    ].map((change) => definitionOf(segmented(change)).id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('does not depend on what changes no count', () => {
    for (const rest of [{ role: 'label' }, { coerce: false }]) {
      expect(defineProfile({ ...BASE, layout: field(rest) }).id).toBe(BASE.id);
    }
  });
});
