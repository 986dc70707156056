import { expect } from 'vitest';
import type { Store } from '../port.ts';
import { PAYLOAD_BYTES } from './commit-for-ever.ts';

/**
 * Everything of a profile that `commitForEver` wrote tells of one and the same version, which is
 * the last one that was answered or the one after it. Answers that version.
 */
export async function expectWhole(
  store: Store,
  profile: string,
  answered: number,
): Promise<number> {
  const state = await store.profileState(profile);
  const { version } = state;
  expect(version).toBeGreaterThanOrEqual(answered);
  expect(version).toBeLessThanOrEqual(answered + 1);
  if (version === 0) return 0;
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(version % 256);
  const at = { topic: 't', partition: 0, epoch: 0 };
  expect(state.applied).toEqual([{ ...at, ranges: [[0, version]], tallies: { bad: version } }]);
  expect(state.open).toHaveLength(1);
  expect(state.open[0]).toMatchObject({ ...at, from: version, to: version + 1 });
  expect(Buffer.from(payload).equals(state.open[0]?.payload ?? new Uint8Array())).toBe(true);
  expect(state.panes.map((pane) => pane.start)).toEqual(
    Array.from({ length: version + 1 }, (_, i) => i),
  );
  const ends = [0, version];
  for (const start of ends) {
    const [pane] = await store.panes(profile, { start, end: start + 1 });
    expect(pane?.events).toBe(version);
    expect(Buffer.from(payload).equals(pane?.payload ?? new Uint8Array())).toBe(true);
  }
  const { items } = await store.evaluations({ namespace: 'loop', monitor: profile, limit: 9999 });
  expect(items.map((e) => e.m)).toEqual(
    Array.from({ length: 2 * version }, (_, i) => version - Math.floor(i / 2)),
  );
  const latest = (await store.latestEvaluations('loop')).filter((e) => e.monitor === profile);
  expect(latest.map((e) => e.m)).toEqual([version, version]);
  expect(await store.publications({ namespace: 'loop', name: profile })).toHaveLength(version);
  return version;
}
