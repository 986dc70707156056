import { expect, test } from 'vitest';
import { countRows } from '#libs/profiles/testing/rows.ts';
import type { PublicationRecord } from '#libs/store/port.ts';
import { countVerdicts, MonitorPublisher } from './monitor-publisher.ts';
import { DEFINITION, HOUR, rowsAt } from './testing/blocks.ts';
import { planOf } from './testing/plan.ts';

const ROWS = rowsAt(0, 0, 0, 1, 1, 1, 2, 2, 2);
const PANES = new Map([0, 1, 2].map((hour) => [hour * HOUR, 3]));

/** Nothing is read without detectors. */
const UNREAD = { evaluations: () => Promise.reject(new Error('read')) };

function publisherOf(published: readonly PublicationRecord[], lateness = '0s'): MonitorPublisher {
  return new MonitorPublisher({
    plan: planOf(`window: 1h, lateness: ${lateness}`, ROWS),
    ...{ published, configRevision: 17, store: UNREAD },
  });
}

function record(start: number, end: number, events: number): PublicationRecord {
  return { namespace: 'default', monitor: 'hourly', window: { start, end }, revision: 4, events };
}

test('what is published already is due again only with more events', () => {
  const publisher = publisherOf([record(0, HOUR, 3), record(HOUR, 2 * HOUR, 2)]);
  const due = publisher.due(PANES, Number.POSITIVE_INFINITY);
  expect(due.map(({ start, revision }) => [start / HOUR, revision])).toEqual([
    [1, 5],
    [2, 0],
  ]);
});

test('windows of another length, of an earlier configuration, are other windows', () => {
  const publisher = publisherOf([record(0, 2 * HOUR, 6), record(2 * HOUR, 4 * HOUR, 3)]);
  const due = publisher.due(PANES, Number.POSITIVE_INFINITY);
  expect(due.map(({ revision }) => revision)).toEqual([0, 0, 0]);
});

test('a window waits for its lateness', () => {
  const publisher = publisherOf([], '10m');
  const starts = (watermark: number) =>
    publisher.due(PANES, watermark).map(({ start }) => start / HOUR);
  expect(starts(HOUR + 599_999)).toEqual([]);
  expect(starts(HOUR + 600_000)).toEqual([0]);
});

test('a publication says what it was made of, and what is missing', () => {
  const publisher = publisherOf([]);
  const [, window] = publisher.due(PANES, Number.POSITIVE_INFINITY);
  const context = {
    profile: countRows(DEFINITION.layout, rowsAt(1, 1, 1)),
    offsets: { 'flights/0': 9 },
    watermark: { time: 5, excused: ['flights/1'], ended: false },
    now: 99,
  };
  const publication = publisher.publication(window!, { ...context, missing: [] });
  expect(publication).toMatchObject({
    ...{ namespace: 'default', monitor: 'hourly', revision: 0, events: 3, publishedAt: 99 },
    window: { start: HOUR, end: 2 * HOUR },
    provenance: {
      profile_id: DEFINITION.id,
      baseline: { name: 'reference', version: 'v1', hash: DEFINITION.layout.baselineHash },
      ...{ offsets: { 'flights/0': 9 }, excused: ['flights/1'], config_revision: 17 },
    },
  });
  const fields = publication.assessments.map(({ field }) => field);
  expect(fields).toEqual([...DEFINITION.layout.fields.map(({ spec }) => spec.name), null]);
  const verdicts = Object.values(countVerdicts(publication.assessments));
  expect(verdicts.reduce((total, count) => total + count, 0)).toBe(fields.length);
  const warned = publisher.publication(window!, { ...context, missing: ['Offsets 3–4.'] });
  for (const [i, { warnings }] of warned.assessments.entries()) {
    expect(warnings).toEqual([...publication.assessments[i]!.warnings, 'Offsets 3–4.']);
  }
});

test('windows that end after the baseline has expired are warned of, and no others', () => {
  const plan = planOf('window: 1h, lateness: 0s', ROWS);
  const expiry = { at: 2 * HOUR, warning: 'The baseline has expired.' };
  const publisher = new MonitorPublisher({
    plan: { ...plan, expiry },
    ...{ published: [], configRevision: 17, store: UNREAD },
  });
  const warned = publisher.due(PANES, Number.POSITIVE_INFINITY).map((window) => {
    const { assessments } = publisher.publication(window, {
      profile: countRows(DEFINITION.layout, rowsAt(1, 1, 1)),
      offsets: {},
      watermark: { time: 5, excused: [], ended: false },
      ...{ missing: [], now: 99 },
    });
    return assessments.map(({ warnings }) => warnings.includes(expiry.warning));
  });
  expect(warned.map((fields) => [...new Set(fields)])).toEqual([[false], [false], [true]]);
});
