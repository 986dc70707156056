import { describe, expect, test } from 'vitest';
import { percent, proposeField } from './propose-field.ts';
import { surveyEvents } from './survey-events.ts';

const COUNT = 1000;

/** What is proposed for a member `name` whose i-th value is given. */
function propose(name: string, value: (i: number) => unknown) {
  const rows = Array.from({ length: COUNT }, (_, i) => ({ [name]: value(i) }));
  const survey = surveyEvents(rows);
  return proposeField(survey.paths.at(-1)!, survey.events);
}

/** A number that looks random and is the same each time. */
const noise = (i: number) => ((i * 7919) % 1009) / 1009;

describe('proposeField', () => {
  test.each<[string, (i: number) => unknown, object]>([
    ['amount', (i) => noise(i) * 500, { type: 'numeric', role: 'feature' }],
    ['country', (i) => ['de', 'fr'][i % 2], { type: 'categorical', role: 'feature' }],
    ['active', (i) => i % 2 === 0, { type: 'boolean', role: 'feature' }],
    ['amount', (i) => String(noise(i)), { type: 'numeric', coerce: true }],
    ['amount', (i) => (i % 3 === 0 ? String(i) : noise(i)), { type: 'numeric', coerce: true }],
    ['zip', (i) => `0${1000 + (i % 90)}`, { type: 'categorical' }],
    ['store_id', (i) => i % 40, { type: 'categorical' }],
    ['mcc_code', (i) => 5000 + (i % 30), { type: 'categorical' }],
    ['quantity', (i) => i % 5, { type: 'numeric', role: 'feature' }],
    ['score', noise, { type: 'numeric', role: 'score', range: { min: 0, max: 1 } }],
    ['fraud_probability', noise, { type: 'numeric', role: 'score', range: { min: 0, max: 1 } }],
    ['credit_score', (i) => 300 + (i % 550), { type: 'numeric', role: 'feature' }],
    ['label', (i) => i % 2, { type: 'categorical', role: 'label' }],
    ['y', (i) => noise(i) * 9, { type: 'numeric', role: 'label' }],
    ['target', (i) => ['good', 'bad'][i % 2], { type: 'categorical', role: 'label' }],
    ['target_price', (i) => noise(i) * 9, { type: 'numeric', role: 'feature' }],
    ['y_pred', (i) => i % 3, { type: 'categorical', role: 'prediction' }],
    ['prediction', (i) => i % 2 === 0, { type: 'boolean', role: 'prediction' }],
    ['predictedDelay', (i) => noise(i) * 90, { type: 'numeric', role: 'prediction' }],
    ['duration_ns', (i) => 1e9 + noise(i) * 1e9, { type: 'numeric', role: 'feature' }],
  ])('%s is watched', (name, value, expected) => {
    expect(propose(name, value)).toMatchObject({ kind: 'field', name, missing: 0, ...expected });
  });

  test.each<[string, (i: number) => unknown, string]>([
    ['user_id', (i) => `u${i % 700}`, 'too many values, 700 of 1,000 distinct'],
    ['city', (i) => `city ${i % 300}`, 'too many values, 300 of 1,000 distinct'],
    ['account_id', (i) => 10_000 + (i % 800), 'numbers that name things, 800 of 1,000 distinct'],
    ['comment', (i) => `so late that day ${i}`, 'free text, 1,000 of 1,000 distinct'],
    ['n', (i) => 5_000_000 + i, 'a counter: its values never come back'],
    ['offset', (i) => i * 13, 'a counter: its values never come back'],
    ['paid_at', (i) => new Date(1.7e12 + i).toISOString(), 'a time'],
    ['paid_at', (i) => 1.7e9 + i, 'a time'],
    ['mixed', (i) => (i % 4 === 0 ? 'n/a' : i), 'mixed types: 75 % numbers, 25 % texts'],
    ['list', (i) => [i], 'lists, or objects in objects'],
    ['nothing', () => null, 'no event has a value'],
    ['rare', (i) => (i % 50 === 0 ? 1 : null), '98 % of the events lack it'],
    ['*', () => 1, 'its name is of no use'],
    ['\ud800', () => 1, 'its name is of no use'],
  ])('%s is left out', (name, value, reason) => {
    expect(propose(name, value)).toMatchObject({ kind: 'left_out', reason });
  });

  test.each<[string, (i: number) => unknown, string]>([
    ['hour', (i) => i % 24, 'on a circle? then { type: circular, period: 24 }'],
    ['wind_direction', (i) => noise(i) * 360, 'on a circle? then { type: circular, period: 360 }'],
    ['kind_of', (i) => i % 3, '3 whole numbers only; codes? then { type: categorical }'],
    ['constant', () => 'x', 'always the same so far: any other value is drift'],
    ['amount', (i) => (i % 100 === 0 ? 'n/a' : noise(i)), '1 % of another type, counted as such'],
  ])('%s comes with a remark', (name, value, note) => {
    const proposed = propose(name, value);
    expect(proposed.kind === 'field' ? proposed.notes : []).toContain(note);
  });

  test('an angle of many degrees more than a circle has none', () => {
    expect(propose('angle', (i) => i * 2.5)).toMatchObject({ kind: 'field', notes: [] });
  });

  test('values that some events lack are still watched', () => {
    const proposed = propose('amount', (i) => (i % 4 === 0 ? null : noise(i)));
    expect(proposed).toMatchObject({ kind: 'field', missing: 0.25 });
  });

  test('what is left out can be watched in another way', () => {
    expect(propose('text', (i) => `a text of words ${i}`)).toMatchObject({
      hint: 'derive: { text_length: { length: $.text } }',
    });
    expect(propose('paid at', (i) => new Date(1.7e12 + i).toISOString())).toMatchObject({
      hint: `derive: { paid_at_hour: { hour_of_day: "$['paid at']" } }`,
    });
  });
});

test.each([
  [0, '0 %'],
  [1, '100 %'],
  [0.0001, '< 0.1 %'],
  [0.9999, '> 99.9 %'],
  [0.254, '25 %'],
  [0.025, '2.5 %'],
  [0.98, '98 %'],
  [0.9876, '98.8 %'],
])('the share %f reads as %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
