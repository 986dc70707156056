import { equal } from 'node:assert/strict';
import { expect, test } from 'vitest';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import { segmentName } from '#libs/profiles/segment-value.ts';
import type { LogRecord } from '#libs/transport/port.ts';
import { dealt } from './dealt.ts';
import { allEvaluations } from './final-state.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { Plant } from './plant.ts';
import { expectSamePanes, readCountedPanes } from './read-counted-panes.ts';
import { readTopic, recount } from './recount.ts';
import { expectSameState, runVariant, type Variant } from './run-variant.ts';

const HOUR = 3_600_000;
const SPAN = 6 * HOUR;
const EVENTS = generateEvents({ events: 9000, seed: 91, spanMs: SPAN });
/** The country has five values in the baseline, of which three are kept; two fields have more. */
const MONITORS = `
  country: { stream: orders, baseline: reference, window: 1h, pane: 30m, resolution: 64, min_samples: 50, segments: { by: country, most: 3, min_rows: 100 } }
  both: { stream: orders, baseline: reference, window: 2h, pane: 30m, resolution: 32, segments: { by: [paid, hour], most: 7, min_rows: 1 } }
`;

/** What the fields of `by` hold in an event, in the plainest way. */
function keyOf({ value }: LogRecord, by: readonly string[]): string {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(Buffer.from(value ?? []).toString('utf8'));
  } catch {
    return '';
  }
  const parts = by.map((name) => {
    if (name === 'hour') return String(new Date(event.ts as number | string).getUTCHours());
    const wanted = name === 'paid' ? 'boolean' : 'string';
    return typeof event[name] === wanted ? String(event[name]) : '(none)';
  });
  return parts.join('/');
}

test('every segment holds what a recount of its events alone finds, and together they are the whole', async () => {
  const plant = await Plant.open({ partitions: 3, members: 2, monitors: MONITORS });
  await plant.start();
  await plant.send(dealt(EVENTS, 3));
  await plant.endInput(STREAM_START + SPAN);
  await plant.counted();
  await plant.stopProfilers();
  await plant.stopEvaluators();
  const log = (await readTopic(plant.transport, 'orders')).flat();
  const evaluations = await allEvaluations(plant.store);
  for (const { monitor, profile } of plant.plans) {
    const { paneMs, layout } = profile;
    const { by, values, fields } = layout.segments!;
    const stored = await readCountedPanes(plant.store, profile);
    expectSamePanes(stored, {
      ...{ counted: recount(log, { layout: layout.fields, paneMs }), layout: layout.fields },
    });
    const names = values.map((own) => own.join('/'));
    const bySegment = Map.groupBy(log, (record) => {
      const key = keyOf(
        record,
        by.map(({ name }) => name),
      );
      return names.includes(key) ? key : 'other';
    });
    let seen = 0;
    for (const [i, name] of [...names, 'other'].entries()) {
      const counted = recount(bySegment.get(name) ?? [], { layout: fields, paneMs });
      const panes = [...stored.panes].flatMap(([start, parts]) => {
        const own = parts.flatMap(({ segments }) => segments?.profiles[i] ?? []);
        return own.length === 0 ? [] : [[start, own] as const];
      });
      if (counted.panes.size > 0) seen++;
      const segment = i < values.length ? segmentName(by, values[i]!) : 'other';
      const judged = evaluations.filter(
        (each) => each.monitor === monitor.name && each.segment === segment,
      );
      expect(judged.length).toBeGreaterThanOrEqual(3 * fields.length);
      for (const { field, window, m } of judged) {
        const inside = [...counted.panes].filter(([at]) => at >= window.start && at < window.end);
        const usable = inside.flatMap(([, pane]) => [...pane.fields.get(field!)!.cells.values()]);
        equal(
          m,
          usable.reduce((sum, count) => sum + count, 0),
          `${segment} ${field}`,
        );
      }
      expectSamePanes({ panes: new Map(panes), tallies: {} }, { counted, layout: fields });
    }
    expect(seen).toBeGreaterThan(2);
    for (const { events, segments } of [...stored.panes.values()].flat()) {
      const together = createProfile(segments!.layout);
      for (const each of segments!.profiles) if (each !== null) mergeProfile(together, each);
      equal(together.events, events);
    }
  }
}, 60_000);

test('the split, the order of arrival and restarts leave no trace in any segment', async () => {
  const run = (variant: Variant) =>
    runVariant(EVENTS, { ...variant, monitors: MONITORS, spanMs: SPAN });
  const plain = await run({ partitions: 1, seed: 1, reach: 0, restarts: [] });
  const segments = plain.evaluations.map((text) => JSON.parse(text).segment as string | null);
  const countries = [...new Set(segments)].filter((name) => name?.startsWith('country='));
  expect(countries).toHaveLength(3);
  expect(new Set(segments)).toContain('other');
  const carried = plain.evaluations.filter((text) => text.includes('"attribution"'));
  expect(carried.length).toBeGreaterThan(5);
  expectSameState(
    await run({
      ...{ partitions: 5, members: 2, evaluators: 2, seed: 2, reach: 4000 },
      restarts: [
        { after: 0.3, how: 'wrecked' },
        { after: 0.7, how: 'counted' },
      ],
    }),
    plain,
  );
}, 120_000);
