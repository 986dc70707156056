import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { BaselineRecord, Store } from '../port.ts';
import { fresh, sharedStore } from './shared-store.ts';

function record(given: Partial<BaselineRecord> & { namespace: string }): BaselineRecord {
  return {
    name: 'train',
    version: 'v1',
    hash: 'unused',
    modelVersion: null,
    createdAt: 1000,
    rows: 12,
    timeRange: { start: -5, end: 1_700_000_000_000 },
    source: { uri: 'file:train.parquet', sha256: 'ff', bytes: 77 },
    summary: { fields: [{ name: 'amount', type: 'number' }], warnings: [] },
    ...given,
  };
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function baselineContract(open: () => Promise<Store>): void {
  describe('baselines', () => {
    const store = sharedStore(open);

    test.each([
      ['compressible', new Uint8Array(100_000).fill(7)],
      ['incompressible', createHash('shake256', { outputLength: 50_000 }).digest()],
      ['empty', new Uint8Array(0)],
    ])('%s content comes back to the byte', async (_kind, content) => {
      const namespace = fresh('base');
      const hash = sha256(content);
      const stored = record({ namespace, hash, modelVersion: 'm7' });
      await store().putBaseline(stored, content);
      expect(await store().findBaseline({ namespace, name: 'train' }, 'v1')).toEqual(stored);
      expect(Buffer.from(await store().baselineContent(hash)).equals(content)).toBe(true);
    });

    test('a version keeps its first content', async () => {
      const namespace = fresh('base');
      const [one, two] = [new TextEncoder().encode(fresh('1')), new TextEncoder().encode('2')];
      const first = record({ namespace, hash: sha256(one), timeRange: null });
      await store().putBaseline(first, one);
      await store().putBaseline({ ...first, createdAt: 9999 }, one);
      await expect(store().putBaseline({ ...first, hash: sha256(two) }, two)).rejects.toMatchObject(
        { code: 'PLB_BASELINE_EXISTS' },
      );
      expect(await store().listBaselines(namespace)).toEqual([first]);
    });

    test('two versions may share their content', async () => {
      const namespace = fresh('base');
      const content = new TextEncoder().encode(fresh('shared'));
      const hash = sha256(content);
      await store().putBaseline(record({ namespace, hash }), content);
      await store().putBaseline(record({ namespace, hash, version: 'v2' }), content);
      expect(await store().listBaselines(namespace)).toHaveLength(2);
      expect(Buffer.from(await store().baselineContent(hash)).equals(content)).toBe(true);
    });

    test('lists and finds the newest version first within a name', async () => {
      const namespace = fresh('base');
      const content = new Uint8Array([1]);
      const hash = sha256(content);
      const times = { a: [5, 7, 6], b: [1] };
      for (const [name, created] of Object.entries(times)) {
        for (const createdAt of created) {
          const version = `at-${createdAt}`;
          await store().putBaseline(record({ namespace, name, version, createdAt, hash }), content);
        }
      }
      const listed = await store().listBaselines(namespace);
      expect(listed.map((b) => [b.name, b.createdAt])).toEqual([
        ['a', 7],
        ['a', 6],
        ['a', 5],
        ['b', 1],
      ]);
      expect((await store().findBaseline({ namespace, name: 'a' }))?.version).toBe('at-7');
    });

    test('what is not there is said so', async () => {
      const namespace = fresh('base');
      expect(await store().findBaseline({ namespace, name: 'none' })).toBeUndefined();
      await expect(store().baselineContent(fresh('hash'))).rejects.toMatchObject({
        code: 'PLB_BASELINE_NOT_FOUND',
      });
    });
  });
}
