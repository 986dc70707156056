import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkText } from '#libs/config/check-text.ts';
import { nameSchema } from '#libs/config/schemas/vocabulary.ts';
import { resourceName } from './resource-name.ts';

test.each([
  ['fraud.scored', 'fraud.scored'],
  ['Fraud_Scored v2', 'fraud_scored-v2'],
  ['__internal__', 'internal'],
  ['Ünïcode', 'n-code'],
  ['…', 'events'],
])('%s gives %s', (text, name) => {
  expect(resourceName(text)).toBe(name);
});

test('whatever the text, a stream can have the name', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (text) => {
      const schema = nameSchema({ description: 'a name' });
      expect(checkText(schema, resourceName(text))).toBeUndefined();
    }),
    { seed: 1, numRuns: 200 },
  );
});
