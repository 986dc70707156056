import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { expect, test } from 'vitest';
import { Trouble } from './trouble.ts';

const NOT_COORDINATOR = 16;
const GROUP_AUTHORIZATION_FAILED = 30;

function watched() {
  const told: (string | null)[] = [];
  const clock = { now: 0 };
  const trouble = new Trouble(
    (reason) => told.push(reason === null ? null : reason.code),
    () => clock.now,
  );
  return { trouble, told, clock };
}

test('what passes soon is not told; what lasts is, once, and so is its end', () => {
  const { trouble, told, clock } = watched();
  const error = createErrorFromCode(NOT_COORDINATOR);
  trouble.failed('a', error);
  clock.now = 2900;
  trouble.failed('a', error);
  trouble.passed('a');
  clock.now = 10_000;
  trouble.failed('a', error);
  expect(told).toEqual([]);
  for (clock.now = 13_000; clock.now < 20_000; clock.now += 500) trouble.failed('a', error);
  expect(told).toEqual(['PLB_TRANSPORT_UNAVAILABLE']);
  trouble.passed('b');
  trouble.passed('a');
  trouble.passed('a');
  expect(told).toEqual(['PLB_TRANSPORT_UNAVAILABLE', null]);
});

test('what has been waited for in vain for long is told with its first failure', () => {
  const { trouble, told, clock } = watched();
  clock.now = 10_000;
  trouble.failed('a', createErrorFromCode(NOT_COORDINATOR), 9000);
  expect(told).toEqual([]);
  trouble.failed('b', createErrorFromCode(NOT_COORDINATOR), 6000);
  expect(told).toEqual(['PLB_TRANSPORT_UNAVAILABLE']);
});

test('what somebody must mend is told at once', () => {
  const { trouble, told } = watched();
  trouble.failed('join', createErrorFromCode(GROUP_AUTHORIZATION_FAILED));
  expect(told).toEqual(['PLB_TRANSPORT_AUTHORIZATION']);
});

test('it is not over while another activity told of fails still', () => {
  const { trouble, told, clock } = watched();
  const error = createErrorFromCode(NOT_COORDINATOR);
  for (clock.now = 0; clock.now <= 4000; clock.now += 1000) {
    trouble.failed('a', error);
    trouble.failed('b', error);
  }
  trouble.passed('a');
  expect(told).toEqual(['PLB_TRANSPORT_UNAVAILABLE']);
  trouble.passed('b');
  expect(told).toEqual(['PLB_TRANSPORT_UNAVAILABLE', null]);
});
