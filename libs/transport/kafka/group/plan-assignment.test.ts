import { expect, test } from 'vitest';
import type { TopicPartition } from '../../port.ts';
import { placeKey, planAssignment } from './plan-assignment.ts';

const partitions = new Map([['t', 4]]);
const place = (partition: number): TopicPartition => ({ topic: 't', partition });

function member(memberId: string, generation: number, held: readonly number[], topics = ['t']) {
  return { memberId, subscription: { topics, generation, held: held.map(place), sole: false } };
}

function planned(members: readonly ReturnType<typeof member>[], generation: number) {
  const plans = planAssignment(members, { generation, partitions });
  return Object.fromEntries(
    plans.map(({ memberId, places }) => [
      memberId,
      places.map(({ partition }) => partition).sort(),
    ]),
  );
}

test('what was given in the generation before stays, the rest is shared out', () => {
  expect(planned([member('b', 6, [3, 1]), member('a', -1, [])], 7)).toMatchObject({ b: [1, 3] });
  expect(planned([member('b', 6, [0, 1, 2, 3]), member('a', -1, [])], 7).b).toHaveLength(2);
});

test('an older claim counts for nothing', () => {
  expect(planned([member('a', 5, [0, 1]), member('b', 6, [0, 1])], 7)).toEqual({
    a: [2, 3],
    b: [0, 1],
  });
});

test('the order in which the broker names the members changes nothing', () => {
  const members = ['c', 'a', 'd', 'b'].map((name) => member(name, -1, []));
  expect(planned(members, 1)).toEqual(planned(members.toReversed(), 1));
});

test('each partition goes to one member that has subscribed to its topic', () => {
  const members = [member('a', 3, [0]), member('b', 3, [0, 1], ['other']), member('c', 3, [])];
  const plans = planAssignment(members, { generation: 4, partitions });
  expect(plans.flatMap(({ places }) => places.map(placeKey)).sort()).toEqual(
    [0, 1, 2, 3].map((partition) => `t/${partition}`),
  );
  expect(plans.find(({ memberId }) => memberId === 'b')?.places).toEqual([]);
});

test('a topic that is not there is shared out to nobody', () => {
  const plans = planAssignment([member('a', 0, [0])], {
    generation: 1,
    partitions: new Map([['t', 0]]),
  });
  expect(plans).toEqual([{ memberId: 'a', places: [] }]);
});

test('whoever has all and wants to be the sole one keeps all, whatever its name', () => {
  const sole = (name: string, generation: number, held: readonly number[]) => {
    const { memberId, subscription } = member(name, generation, held);
    return { memberId, subscription: { ...subscription, sole: true } };
  };
  const newcomer = sole('a', -1, []);
  expect(planned([newcomer, sole('b', 6, [0, 1, 2, 3])], 7)).toEqual({ a: [], b: [0, 1, 2, 3] });
  // One that was away while the group settled has nothing to keep.
  expect(planned([newcomer, sole('b', 5, [0, 1, 2, 3])], 7)).toEqual({ a: [0, 1, 2, 3], b: [] });
});
