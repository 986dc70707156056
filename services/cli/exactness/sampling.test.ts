import { expect, test } from 'vitest';
import { createSampler } from '#libs/profiles/sampler.ts';
import type { OutgoingRecord } from '#libs/transport/port.ts';
import { allEvaluations, comparable } from './final-state.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { Plant } from './plant.ts';

const HOUR = 3_600_000;
const SPAN = 6 * HOUR;
const CUSTOMERS = 300;
const MONITORS = `
  hourly: { stream: orders, baseline: reference, window: 1h, resolution: 64 }
`;
const RECORDS: OutgoingRecord[] = generateEvents({ events: 4000, seed: 81, spanMs: SPAN }).map(
  (event, i) => ({ ...event, key: Buffer.from(`customer-${(i * 7919) % CUSTOMERS}`) }),
);
const SHARE = 0.25;

async function run(options: {
  readonly partitions: number;
  readonly records?: readonly OutgoingRecord[];
  readonly sampling?: boolean;
  readonly restarts?: boolean;
}) {
  const { partitions, records = RECORDS, sampling = true, restarts = false } = options;
  const plant = await Plant.open({
    ...{ partitions, baselineRows: 1000, monitors: MONITORS },
    ...(sampling ? { stream: `sampling: { share: ${SHARE} }` } : {}),
  });
  await plant.start();
  const dealt = records.map((record, i) => ({ ...record, partition: i % partitions }));
  for (let sent = 0; sent < dealt.length; sent += 500) {
    await plant.send(dealt.slice(sent, sent + 500));
    if (!restarts) continue;
    await plant.stopProfilers();
    await plant.startProfiler();
  }
  const { panes, tallies } = await plant.finish(STREAM_START + SPAN);
  const evaluations = await allEvaluations(plant.store);
  // Probes fill the last blocks; how many there are is a matter of the partitions.
  const [{ synthetic: _, ...counted } = {}] = tallies;
  return { plant, panes: [...panes.values()], counted, evaluations };
}

test('a sample is the same however the log is split, and is counted like those events alone', async () => {
  const one = await run({ partitions: 1 });
  const three = await run({ partitions: 3, restarts: true });
  expect(three.panes).toEqual(one.panes);
  expect(three.counted).toEqual(one.counted);
  expect(three.evaluations.map(comparable)).toEqual(one.evaluations.map(comparable));

  const isSampled = createSampler({ share: SHARE });
  const inSample = RECORDS.filter(({ key }) =>
    isSampled({ key: key as Uint8Array, offset: 0, timestamp: 0 }),
  );
  const alone = await run({ partitions: 2, records: inSample, sampling: false });
  expect(one.panes).toEqual(alone.panes);
  const { sampled_out: left, ...counted } = one.counted;
  expect(counted).toEqual(alone.counted);
  expect(left).toBe(RECORDS.length - inSample.length);
  expect(inSample.length / RECORDS.length).toBeGreaterThan(SHARE / 2);
  expect(inSample.length / RECORDS.length).toBeLessThan(SHARE * 2);
}, 60_000);

test('sampling is never silent', async () => {
  const { plant, evaluations } = await run({ partitions: 2 });
  expect(evaluations.length).toBeGreaterThan(20);
  for (const { provenance, warnings } of evaluations) {
    expect(provenance.sampling).toEqual({ share: SHARE });
    expect(warnings).toContainEqual(expect.stringContaining('Sampled: only 25% of the keys'));
  }
  const volumes = evaluations.filter(({ field }) => field === null);
  for (const { m, statistics } of volumes) {
    const { window, details } = statistics.volume!;
    expect(window).toBe(m / SHARE);
    expect(details).toMatchObject({ sampling_share: SHARE });
  }
  const said = plant.events.find(({ type }) => type === 'sampling');
  expect(said).toMatchObject({ stream: 'orders', share: SHARE });
  const batches = plant.events.filter((event) => event.type === 'batch_profiled');
  const left = batches.reduce((total, { sampledOut }) => total + sampledOut, 0);
  const [status] = await plant.store.listStreamStatus('default');
  expect(left).toBe(status?.tallies.sampled_out);
  expect(batches.reduce((total, { future }) => total + future, 0)).toBe(status?.tallies.future);
  expect(status?.tallies.future).toBeGreaterThan(0);
  const assigned = plant.events.filter(
    (event) => event.type === 'partitions_assigned' && event.role === 'evaluator',
  );
  expect(assigned.length).toBeGreaterThan(0);
}, 60_000);

test('without a share nothing is left out, and nothing is said', async () => {
  const { plant, evaluations, counted } = await run({ partitions: 1, sampling: false });
  expect(counted).not.toHaveProperty('sampled_out');
  expect(evaluations.some(({ provenance }) => 'sampling' in provenance)).toBe(false);
  expect(evaluations.flatMap(({ warnings }) => warnings).join()).not.toContain('Sampled');
  expect(plant.events.some(({ type }) => type === 'sampling')).toBe(false);
}, 60_000);
