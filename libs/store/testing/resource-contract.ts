import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store } from '../port.ts';
import { fresh, sharedStore } from './shared-store.ts';

const document = fc.jsonValue({ maxDepth: 3 });
const key = fc.tuple(fc.constantFrom('stream', 'monitor'), fc.constantFrom('a', 'b', 'c', 'd'));
const documents = fc.uniqueArray(fc.tuple(key, document), {
  maxLength: 8,
  selector: ([[kind, name]]) => `${kind}/${name}`,
});

/** The same JSON with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, reversed(part)]),
  );
}

export function resourceContract(open: () => Promise<Store>): void {
  describe('resources', () => {
    const store = sharedStore(open);

    test('the file-managed resources are what the last call named', async () => {
      const namespace = fresh('res');
      await fc.assert(
        fc.asyncProperty(fc.array(documents, { minLength: 1, maxLength: 5 }), async (steps) => {
          const before = await store().replaceFileResources([]);
          let stored = new Map<string, { text: string; revision: number }>();
          let revision = before;
          for (const step of steps) {
            const named = step.map(([[kind, name], content]) => ({
              kind,
              namespace,
              name,
              // What JSON makes of it: the store is not expected to keep -0.
              document: JSON.parse(JSON.stringify(content)) as unknown,
            }));
            const answer = await store().replaceFileResources(named);
            const next = new Map<string, { text: string; revision: number }>();
            let changes = stored.size;
            for (const { kind, name, document: content } of named) {
              const id = `${kind}/${name}`;
              const old = stored.get(id);
              const text = canonical(content);
              if (old?.text === text) changes -= 1;
              next.set(id, old?.text === text ? old : { text, revision: answer });
            }
            if (next.size === stored.size && changes === 0) expect(answer).toBe(revision);
            else expect(answer).toBeGreaterThan(revision);
            revision = answer;
            stored = next;

            const listed = await store().listResources();
            expect(
              new Map(
                listed.map((r) => [
                  `${r.kind}/${r.name}`,
                  { text: canonical(r.document), revision: r.revision },
                ]),
              ),
            ).toEqual(stored);
            expect(listed.every((r) => r.managedBy === 'file' && r.namespace === namespace)).toBe(
              true,
            );
            // The order of keys is no change.
            const again = named.map((r) => ({ ...r, document: reversed(r.document) }));
            expect(await store().replaceFileResources(again)).toBe(revision);
            expect(await store().configRevision()).toBe(revision);
          }
        }),
        { numRuns: 25, seed: 11 },
      );
    });

    test('lists one kind on request', async () => {
      const namespace = fresh('res');
      await store().replaceFileResources([
        { kind: 'stream', namespace, name: 's', document: 1 },
        { kind: 'monitor', namespace, name: 'm', document: 2 },
      ]);
      expect((await store().listResources('monitor')).map((r) => r.name)).toEqual(['m']);
    });

    test('a resource named twice changes nothing', async () => {
      const namespace = fresh('res');
      const revision = await store().replaceFileResources([
        { kind: 'stream', namespace, name: 's', document: 1 },
      ]);
      await expect(
        store().replaceFileResources([
          { kind: 'stream', namespace, name: 'x', document: 1 },
          { kind: 'stream', namespace, name: 'x', document: 2 },
        ]),
      ).rejects.toMatchObject({ code: 'PLB_CONFIG_INVALID' });
      expect(await store().configRevision()).toBe(revision);
      expect((await store().listResources()).map((r) => r.name)).toEqual(['s']);
    });
  });
}

/** Text that is equal for equal JSON, by sorting the lines of a flat listing of its leaves. */
function canonical(value: unknown): string {
  const leaves: string[] = [];
  const walk = (part: unknown, path: readonly (string | number)[]): void => {
    if (typeof part !== 'object' || part === null) leaves.push(JSON.stringify([path, part]));
    else {
      leaves.push(JSON.stringify([path, Array.isArray(part) ? '[]' : '{}', 'container']));
      const entries = Array.isArray(part) ? [...part.entries()] : Object.entries(part);
      for (const [name, child] of entries) walk(child, [...path, name]);
    }
  };
  walk(value, []);
  return leaves.sort().join('\n');
}
