import { expect, test } from 'vitest';
import { checkTopicSpec } from './check-topic-spec.ts';

test.each([
  ['topic', { topic: 'a/b' }],
  ['topic', { topic: '..' }],
  ['topic', { topic: 'x'.repeat(250) }],
  ['partitions', { partitions: 0 }],
  ['partitions', { partitions: 1.5 }],
  ['retentionMs', { retentionMs: -1 }],
])('a wrong %s is refused: %o', (path, part) => {
  const spec = { topic: 'a', partitions: 1, cleanup: 'delete', ...part } as const;
  expect(() => checkTopicSpec(spec)).toThrow(
    expect.objectContaining({ code: 'PLB_CONFIG_INVALID', detail: { path } }),
  );
});

test('names that Kafka allows are allowed', () => {
  for (const topic of ['a', 'A.b_c-9', '...', 'x'.repeat(249)]) {
    checkTopicSpec({ topic, partitions: 10_000, cleanup: 'compact', retentionMs: 1 });
  }
});
