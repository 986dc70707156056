import fc from 'fast-check';
import { AssignerProtocol } from 'kafkajs';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { expect, test } from 'vitest';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './member-protocol.ts';

const topic = fc.stringMatching(/^[a-z.]{1,9}$/);
const places = fc
  .uniqueArray(fc.tuple(topic, fc.nat(2 ** 31 - 1)), { selector: ([name, n]) => `${name}/${n}` })
  .map((pairs) => pairs.map(([name, partition]) => ({ topic: name, partition })));
const byKey = (some: readonly { topic: string; partition: number }[]) =>
  some.map((place) => `${place.topic}/${place.partition}`).sort();

test('subscriptions and assignments come back as they were', () => {
  fc.assert(
    fc.property(
      fc.record({
        ...{ topics: fc.array(topic), generation: fc.integer({ min: -1 }) },
        ...{ held: places, sole: fc.boolean() },
      }),
      (subscription) => {
        const { held } = subscription;
        const read = decodeSubscription(encodeSubscription(subscription));
        expect({ ...read, held: byKey(read.held) }).toEqual({ ...subscription, held: byKey(held) });
        expect(byKey(decodeAssignment(encodeAssignment(held)))).toEqual(byKey(held));
      },
    ),
    { seed: 1 },
  );
});

test('other consumers can read both', () => {
  const held = [
    { topic: 'a', partition: 3 },
    { topic: 'a', partition: 5 },
    { topic: 'b', partition: 0 },
  ];
  const subscription = encodeSubscription({
    ...{ topics: ['a', 'b'], generation: 7, held, sole: false },
  });
  expect(AssignerProtocol.MemberMetadata.decode(subscription)).toMatchObject({
    version: 0,
    topics: ['a', 'b'],
  });
  expect(AssignerProtocol.MemberAssignment.decode(encodeAssignment(held))).toMatchObject({
    version: 0,
    assignment: { a: [3, 5], b: [0] },
  });
});

test('a member with nothing gets no bytes from the broker', () => {
  expect(decodeAssignment(null)).toEqual([]);
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
});

test.each(['', '{', 'null', '7', '{"generation":"1","held":{}}', '{"generation":1,"held":null}'])(
  'a note %j claims nothing',
  (note) => {
    const bytes = new Encoder().writeInt16(0).writeArray(['t']).writeBytes(Buffer.from(note));
    expect(decodeSubscription(bytes.buffer)).toEqual({
      ...{ topics: ['t'], generation: -1, held: [], sole: false },
    });
  },
);
