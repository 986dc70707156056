import { expect, test } from 'vitest';
import { findModelVersion } from './find-model-version.ts';
import { surveyEvents } from './survey-events.ts';

function find(row: (i: number) => object) {
  return findModelVersion(surveyEvents(Array.from({ length: 200 }, (_, i) => row(i))));
}

test.each<[object, string]>([
  [{ model_version: '2024-05', model: 'v1' }, '$.model_version'],
  [{ modelVersion: 3 }, '$.modelVersion'],
  [{ model: 'fraud-v7' }, '$.model'],
  [{ model: { name: 'fraud', version: '1.2.0' } }, '$.model.version'],
  [{ scoring_model: { version: 'a1b2' } }, '$.scoring_model.version'],
])('%j names the model at %s', (row, path) => {
  expect(find(() => row)).toMatchObject({ path, certain: true });
});

test('several versions are told in order', () => {
  expect(find((i) => ({ model: `v${9 - (i % 3)}` }))?.versions).toEqual(['v7', 'v8', 'v9']);
});

test('a version of something is not certain to be that of the model', () => {
  expect(find(() => ({ version: '1.2' }))).toMatchObject({ path: '$.version', certain: false });
});

test.each<[string, (i: number) => object]>([
  ['a word instead of a version', () => ({ version: 'beta test' })],
  ['the model of a phone', () => ({ device: { model: 'v8' } })],
  ['a name', () => ({ model: 'Corolla' })],
  ['one per event', (i) => ({ model_version: `v${i}` })],
  ['seldom there', (i) => (i % 2 === 0 ? {} : { model_version: 'v1' })],
  ['a fraction', (i) => ({ model_version: (i % 3) / 2 })],
])('%s is no model version', (_, row) => {
  expect(find(row)).toBeUndefined();
});
