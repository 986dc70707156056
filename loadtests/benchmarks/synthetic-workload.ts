import { defineProfile, type ProfileDefinition } from '#libs/profiles/definition.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { CategoricalLayout, FieldLayout } from '#libs/profiles/layout.ts';
import { drawLayout } from './kernel.ts';
import { createRandom, drawShape } from './random.ts';

/** Resolution and category cap of a stream unless it asks for others. */
export const KNOTS = 2048;
export const CATEGORIES = 1000;

/** Time of the first synthetic event. */
export const SYNTHETIC_START = Date.UTC(2025, 0, 1);

/** A field whose baseline has the most categories that a stream keeps. */
export function categoricalLayout(name: string): CategoricalLayout {
  const spec: FieldSpec = { name, path: `$.${name}`, type: 'categorical', role: 'feature' };
  const categories = Array.from({ length: CATEGORIES }, (_, i) => categoryName(i)).sort();
  return { kind: 'categorical', spec, categories, folded: [] };
}

function categoryName(i: number): string {
  return `category-${String(i).padStart(4, '0')}`;
}

/** Two continuous fields with all knots that a stream keeps, one of integers, two of 1,000 categories. */
export function syntheticDefinition(paneMs: number): ProfileDefinition {
  const fields: FieldLayout[] = [
    drawLayout({ shape: 'normal', rows: KNOTS, name: 'n1' }),
    drawLayout({ shape: 'log-normal', rows: KNOTS, name: 'n2' }),
    drawLayout({ shape: 'integer', rows: KNOTS, name: 'n3' }),
    categoricalLayout('c1'),
    categoricalLayout('c2'),
  ];
  return defineProfile({
    reading: {
      namespace: 'default',
      stream: 'synthetic',
      topics: ['synthetic'],
      codec: 'json',
      time: '$.time',
      maxEventBytes: 1_048_576,
      maxAheadMs: 600_000,
    },
    layout: { baselineHash: '00'.repeat(32), gridHash: '11'.repeat(32), fields },
    paneMs,
    blockSize: 8192,
    modelVersion: null,
  });
}

/**
 * Events without end, one every `everyMs` of event time. One in a hundred has a category that no
 * event had before: what a counter that remembers every value would choke on.
 */
export function* syntheticEvents(everyMs: number): Generator<object> {
  const random = createRandom(7);
  for (let i = 0; ; i++) {
    const known = categoryName(Math.floor(random() * CATEGORIES));
    yield {
      time: SYNTHETIC_START + i * everyMs,
      n1: drawShape('normal', random),
      n2: drawShape('log-normal', random),
      n3: drawShape('integer', random),
      c1: known,
      c2: i % 100 === 0 ? `new-${i}` : known,
    };
  }
}
