import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE, type ErrorCode } from './catalogue.ts';
import { PlumblineError } from './plumbline-error.ts';
import { ERRORS_DOCUMENT, renderErrors } from './render-errors.ts';

const CODES = Object.keys(CATALOGUE) as ErrorCode[];

test('docs/errors.md is the catalogue; run `node libs/errors/render-errors.ts` to write it', () => {
  expect(readFileSync(ERRORS_DOCUMENT, 'utf8')).toBe(renderErrors());
});

test('codes are in alphabetical order, so that two people do not add the same one', () => {
  expect(CODES).toEqual(CODES.toSorted());
});

test.each(CODES)('%s has an error status and says what it means in a sentence', (code) => {
  const { status, summary } = CATALOGUE[code];
  expect(code).toMatch(/^PLB(_[A-Z]+)+$/);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  expect(summary).toMatch(/^[A-Z].*\.$/s);
});

test('an error takes status and retry from the catalogue, and keeps its cause and details', () => {
  const cause = new Error('disk');
  const error = new PlumblineError('PLB_STORE_FULL', 'Cannot write.', { cause, fix: 'Make room.' });
  expect(error).toMatchObject({ status: 507, retry: true, cause, detail: { fix: 'Make room.' } });
  expect(error.detail).not.toHaveProperty('path');
});
