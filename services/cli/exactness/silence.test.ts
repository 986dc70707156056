import { expect, test } from 'vitest';
import type { OutgoingRecord } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { allEvaluations } from './final-state.ts';
import { generateBaseline, STREAM_START } from './generated-events.ts';
import { Plant } from './plant.ts';

const HOUR = 3_600_000;
const WINDOW = 2 * HOUR;
const ROWS = 6000;
const encoder = new TextEncoder();
const MONITORS = `
  watched:
    { stream: orders, baseline: reference, window: 2h, lateness: 1m, evidence: iid, resolution: 64 }
`;

type Row = Record<string, unknown>;

/** What goes wrong in each window of the stream; rows are those of another baseline. */
const TROUBLES: ((row: Row, i: number) => Row | null)[] = [
  (row) => row,
  (row) => row,
  (row) => ({ ...row, amount: null }),
  (row) => ({ ...row, country: 42 }),
  (row, i) => (i % 2 === 0 ? row : null),
  () => null,
  (row) => row,
  (row) => row,
];

function troubledStream(): OutgoingRecord[] {
  const rows = generateBaseline({ rows: ROWS, seed: 51 })
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  const begin = Date.parse(String(rows[0]!.ts));
  return rows.flatMap((row, i) => {
    const time = STREAM_START + Date.parse(String(row.ts)) - begin;
    const changed = TROUBLES[Math.floor((time - STREAM_START) / WINDOW)]?.(row, i) ?? null;
    if (changed === null) return [];
    const value = encoder.encode(JSON.stringify({ ...changed, ts: time }));
    return [{ partition: i % 2, value, timestamp: time }];
  });
}

test('missing data is critical and a silent stream is stalled, never quiet', async () => {
  const plant = await Plant.open({
    ...{ partitions: 2, monitors: MONITORS, baselineRows: ROWS, stream: 'stalled_after: 2s' },
  });
  await plant.start();
  await plant.send(troubledStream());
  const status = async () => (await plant.store.listStreamStatus('default'))[0];
  await until(async () => (await status())?.condition === 'live', { what: 'the stream is live' });
  const monitor = { namespace: 'default', name: 'watched' };
  await until(async () => (await plant.store.publications(monitor)).length >= 7, {
    what: 'the windows are published',
  });
  const evaluations = await allEvaluations(plant.store);
  const said = (window: number, field: string | null) => {
    const start = STREAM_START + window * WINDOW;
    const one = evaluations.find((other) => other.window.start === start && other.field === field);
    return one === undefined ? null : `${one.verdict} ${one.reason_code} ${one.m}`;
  };
  for (const field of ['amount', 'country', null]) expect(said(1, field)).toMatch(/^ok /);
  expect(said(2, 'amount')).toMatch(/^critical missing_rate\w* 0$/);
  expect(said(2, 'country')).toMatch(/^ok /);
  expect(said(3, 'country')).toMatch(/^critical invalid_rate\w* 0$/);
  expect(said(3, 'amount')).toMatch(/^ok /);
  expect(said(4, null)).toBe('critical volume_low 125');
  expect(said(5, null)).toBe('critical volume_low 0');
  expect(said(6, null)).toMatch(/^ok /);

  await until(async () => (await status())?.condition === 'stalled', {
    what: 'the stream is stalled',
  });
  expect((await status())?.reason).toMatch(/^No event for \d+ s since the last event; 2 s is/);
  const conditions = plant.events.flatMap((event) =>
    event.type === 'stream_condition' ? [event.condition] : [],
  );
  expect(conditions).toEqual(['waiting', 'live', 'stalled'].slice(-conditions.length));
}, 30_000);

test('a stream without any event is stalled, not waiting for ever', async () => {
  const plant = await Plant.open({
    ...{ partitions: 2, monitors: MONITORS, baselineRows: 500, stream: 'stalled_after: 500ms' },
  });
  await plant.start();
  const status = async () => (await plant.store.listStreamStatus('default'))[0];
  await until(async () => (await status())?.condition === 'stalled', { what: 'it is stalled' });
  expect((await status())?.reason).toMatch(/since the start/);
});
