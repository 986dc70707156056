import fc from 'fast-check';
import crc32C from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

test('the check values of RFC 3720, appendix B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array())).toBe(0);
});

test('any range of any alignment agrees with an implementation that goes byte by byte', () => {
  const bytes = fc.uint8Array({ maxLength: 100 });
  fc.assert(
    fc.property(bytes, fc.nat(9), fc.nat(9), (all, skipped, left) => {
      const view = all.subarray(Math.min(skipped, all.length));
      const to = Math.max(0, view.length - left);
      expect(crc32c(view, 0, to)).toBe(crc32C(Buffer.from(view.subarray(0, to))));
      expect(crc32c(all, all.length - view.length)).toBe(crc32C(Buffer.from(view)));
    }),
    { seed: 1, numRuns: 300 },
  );
});
