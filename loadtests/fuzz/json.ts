import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { createJsonComparison } from '#libs/codecs/testing/compare-json.ts';
import { documentArbitrary, WANTED, WANTED_FROM_END } from '#libs/codecs/testing/documents.ts';

/**
 * Compares the reader of JSON events with `JSON.parse` for as long as is wanted, from a seed:
 * `node loadtests/fuzz/json.ts --seconds 600 --seed 1`.
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});
const until = performance.now() + Number(options.seconds) * 1000;
const comparisons = [WANTED, WANTED_FROM_END, ['$.n'], []].map(createJsonComparison);
let documents = 0;
for (let seed = Number(options.seed); performance.now() < until; seed++) {
  const result = fc.check(
    fc.property(fc.array(documentArbitrary, { maxLength: 20 }), (values) => {
      documents += values.length;
      for (const compare of comparisons) {
        const found = compare(values);
        if (found !== null) throw new Error(found);
      }
    }),
    { seed, numRuns: 1000 },
  );
  if (result.failed) {
    process.stdout.write(`seed ${seed}: ${String(result.errorInstance)}\n`);
    process.exitCode = 1;
    break;
  }
}
process.stdout.write(`${documents.toLocaleString('en-US')} documents compared\n`);
