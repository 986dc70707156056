import { describe, expect, test } from 'vitest';
import type { PaneRecord, Store } from '../port.ts';
import { assessment, profileCommit, publication } from './publication.ts';
import { fresh, sharedStore } from './shared-store.ts';

const EVER = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };

function pane(start: number, fill: number, bytes = 4): PaneRecord {
  return { start, events: fill, payload: new Uint8Array(bytes).fill(fill) };
}

export function profileContract(open: () => Promise<Store>): void {
  describe('profiles', () => {
    const store = sharedStore(open);

    test('an unknown profile is empty, at version 0', async () => {
      expect(await store().profileState(fresh('p'))).toEqual({
        version: 0,
        applied: [],
        open: [],
        panes: [],
      });
    });

    test('lost offsets stay with their ranges, and are gone once there are none', async () => {
      const profileId = fresh('p');
      const applied = { topic: 't', partition: 0, epoch: 0, tallies: { lost: 4 } };
      const ranges = [
        [0, 8],
        [20, 24],
      ] as const;
      const lost = [
        { from: 8, to: 12, cause: 'log', after: null, before: null },
        { from: 12, to: 20, cause: 'overlap', after: -1, before: 2 ** 41 },
      ] as const;
      const commit = async (expectedVersion: number, one: object) => {
        await store().commitProfile(
          profileCommit({ profileId, expectedVersion, applied: [{ ...applied, ranges, ...one }] }),
        );
        return (await store().profileState(profileId)).applied;
      };
      expect(await commit(0, { lost })).toEqual([{ ...applied, ranges, lost }]);
      expect(await commit(1, { lost: lost.slice(1) })).toMatchObject([{ lost: [{ from: 12 }] }]);
      expect(await commit(2, {})).toEqual([{ ...applied, ranges }]);
    });

    test('panes, ranges and open blocks are replaced whole, by key', async () => {
      const profileId = fresh('p');
      const at = { topic: 't', partition: 3, epoch: 1 };
      const first = await store().commitProfile(
        profileCommit({
          profileId,
          expectedVersion: 0,
          panes: [pane(3000, 3), pane(-1000, 1), pane(2000, 2)],
          applied: [
            { ...at, ranges: [[0, 8192]], tallies: { bad: 2 } },
            { ...at, epoch: 0, ranges: [], tallies: {} },
          ],
          open: [
            { ...at, from: 8192, to: 9000, payload: new Uint8Array([1, 2]) },
            { ...at, partition: 4, from: 0, to: 5, payload: new Uint8Array(0) },
          ],
        }),
      );
      expect(first).toBe(1);
      const second = await store().commitProfile(
        profileCommit({
          profileId,
          expectedVersion: 1,
          panes: [pane(3000, 9), pane(4000, 4)],
          applied: [
            {
              ...at,
              ranges: [
                [0, 16384],
                [24576, 2 ** 53 - 1],
              ],
              tallies: { bad: 5, future: 1 },
            },
          ],
          open: [
            { ...at, from: 8192, to: 9500, payload: new Uint8Array([3]) },
            { ...at, partition: 4, from: 0, to: 5, payload: null },
          ],
          dropPanesBefore: 2000,
        }),
      );
      expect(second).toBe(2);
      expect(await store().profileState(profileId)).toEqual({
        version: 2,
        applied: [
          { ...at, epoch: 0, ranges: [], tallies: {} },
          {
            ...at,
            ranges: [
              [0, 16384],
              [24576, 2 ** 53 - 1],
            ],
            tallies: { bad: 5, future: 1 },
          },
        ],
        open: [{ ...at, from: 8192, to: 9500, payload: new Uint8Array([3]) }],
        panes: [
          { start: 2000, events: 2 },
          { start: 3000, events: 9 },
          { start: 4000, events: 4 },
        ],
      });
      expect(await store().panes(profileId, { start: 2000, end: 4000 })).toEqual([
        pane(2000, 2),
        pane(3000, 9),
      ]);
    });

    test('a payload is taken as it is at the call, and only the part that the view shows', async () => {
      const profileId = fresh('p');
      const large = new Uint8Array(100_000).fill(5);
      const view = large.subarray(500, 508);
      const panes = [{ start: 0, events: 1, payload: view }];
      await store().commitProfile(profileCommit({ profileId, expectedVersion: 0, panes }));
      expect(view.byteLength).toBe(8);
      large.fill(6);
      const [read] = await store().panes(profileId, EVER);
      expect(read?.payload).toEqual(new Uint8Array(8).fill(5));
    });

    test('of many commits on one version one wins, the others change nothing', async () => {
      const profileId = fresh('p');
      const outcomes = await Promise.allSettled(
        Array.from({ length: 12 }, (_, i) =>
          store().commitProfile(
            profileCommit({ profileId, expectedVersion: 0, panes: [pane(i, i)] }),
          ),
        ),
      );
      const lost = outcomes.filter((o) => o.status === 'rejected');
      expect(lost).toHaveLength(11);
      for (const { reason } of lost) expect(reason).toMatchObject({ code: 'PLB_STORE_CONFLICT' });
      const winner = outcomes.findIndex((o) => o.status === 'fulfilled');
      expect(await store().profileState(profileId)).toMatchObject({
        version: 1,
        panes: [{ start: winner, events: winner }],
      });
      for (const expectedVersion of [0, 2, 17]) {
        await expect(
          store().commitProfile(profileCommit({ profileId, expectedVersion })),
        ).rejects.toMatchObject({ code: 'PLB_STORE_CONFLICT' });
      }
      await expect(
        store().commitProfile(profileCommit({ profileId: fresh('p'), expectedVersion: 1 })),
      ).rejects.toMatchObject({ code: 'PLB_STORE_CONFLICT' });
    });

    test('independent commits at once all succeed, whatever happens between them', async () => {
      const ids = Array.from({ length: 40 }, () => fresh('p'));
      const outcomes = await Promise.allSettled(
        ids.map((profileId, i) =>
          store().commitProfile(
            // Every third one names a version that does not exist.
            profileCommit({ profileId, expectedVersion: i % 3 === 0 ? 5 : 0, panes: [pane(i, i)] }),
          ),
        ),
      );
      for (const [i, profileId] of ids.entries()) {
        const lost = i % 3 === 0;
        expect(outcomes[i]?.status).toBe(lost ? 'rejected' : 'fulfilled');
        const state = await store().profileState(profileId);
        expect(state.version).toBe(lost ? 0 : 1);
        expect(state.panes).toHaveLength(lost ? 0 : 1);
      }
    });

    test('a publication that is refused takes the whole commit with it', async () => {
      const namespace = fresh('ns');
      const profileId = fresh('p');
      const publish = (expectedVersion: number, revision: number, fill: number) =>
        store().commitProfile(
          profileCommit({
            profileId,
            expectedVersion,
            panes: [pane(0, fill)],
            applied: [{ topic: 't', partition: 0, epoch: 0, ranges: [[0, fill]], tallies: {} }],
            publications: [
              publication({ namespace, window: { start: 9, end: 10 } }),
              publication({ namespace, revision, assessments: [assessment({ m: fill })] }),
            ].slice(expectedVersion === 0 ? 0 : 1),
          }),
        );
      await publish(0, 2, 1);
      const before = await store().profileState(profileId);
      for (const revision of [2, 1]) {
        await expect(publish(1, revision, 8)).rejects.toMatchObject({
          code: 'PLB_STORE_CONFLICT',
        });
      }
      expect(await store().profileState(profileId)).toEqual(before);
      expect(await store().panes(profileId, EVER)).toEqual([pane(0, 1)]);
      await publish(1, 3, 8);
      const { items } = await store().evaluations({ namespace, limit: 10 });
      expect(items.map((e) => [e.window.start, e.revision, e.m])).toEqual([
        [0, 3, 8],
        [9, 1, 1200],
      ]);
    });
  });
}
