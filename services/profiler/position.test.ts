import { expect, test } from 'vitest';
import type { AssignedPartition } from '#libs/transport/port.ts';
import { formatPosition, parsePosition, resumePosition } from './position.ts';

const LOG: AssignedPartition = { topic: 't', partition: 0, topicId: 'b', start: 0, end: 1000 };

function committed(offset: number): Pick<AssignedPartition, 'committed'> {
  return { committed: { offset, metadata: '' } };
}

test('a note is read back as it was written', () => {
  for (const note of [{ epoch: 0 }, { epoch: 7, topicId: 'a "quoted" id', open: 9 }]) {
    expect(parsePosition(formatPosition(note))).toEqual(note);
  }
});

test.each([undefined, '', '17', 'null', '{', '[]', '{"epoch":"3"}', '{"epoch":1.5}', 'kafka-ui'])(
  'the note %j of somebody else is a log in its first epoch',
  (text) => {
    expect(parsePosition(text)).toEqual({ epoch: 0 });
  },
);

test('without a position the log is read from its start, in the epoch that is known', () => {
  const log = { ...LOG, start: 40 };
  expect(resumePosition(log, { epoch: 0 })).toEqual({ offset: 40, epoch: 0 });
  expect(resumePosition(log, { epoch: 2, topicId: 'b' })).toEqual({ offset: 40, epoch: 2 });
});

test('a position inside the log is gone on from, its ends included', () => {
  for (const offset of [0, 512, 1000]) {
    const note = { epoch: 1, topicId: 'b', open: offset + 7 };
    expect(resumePosition({ ...LOG, ...committed(offset) }, note)).toEqual({ offset, epoch: 1 });
  }
});

test('a topic with another id is a new epoch, whether a position was left or not', () => {
  const anew = { offset: 0, epoch: 2, anew: expect.stringContaining('anew') };
  expect(resumePosition({ ...LOG, ...committed(512) }, { epoch: 1, topicId: 'a' })).toEqual(anew);
  expect(resumePosition(LOG, { epoch: 1, topicId: 'a' })).toEqual(anew);
});

test('a log that ends before the position is a new epoch, from its start where it may be another', () => {
  const { topicId: _, ...unknown } = LOG;
  const log = { ...unknown, start: 20, ...committed(1001) };
  const anew = expect.stringContaining('1000');
  expect(resumePosition(log, { epoch: 0 })).toEqual({ offset: 20, epoch: 1, anew });
  expect(resumePosition(log, { epoch: 0, topicId: 'b' })).toEqual({ offset: 20, epoch: 1, anew });
});

test('of the very log that lost its end only what comes behind is counted: the rest was', () => {
  const log = { ...LOG, start: 20, ...committed(1001) };
  const resumed = resumePosition(log, { epoch: 0, topicId: 'b' });
  expect(resumed).toEqual({ offset: 1000, epoch: 1, anew: expect.stringContaining('1000') });
});

test('an id that only one side knows says nothing', () => {
  const { topicId: _, ...unknown } = LOG;
  const same = { offset: 5, epoch: 3 };
  expect(resumePosition({ ...LOG, ...committed(5) }, { epoch: 3 })).toEqual(same);
  expect(resumePosition({ ...unknown, ...committed(5) }, { epoch: 3, topicId: 'a' })).toEqual(same);
});

test('what retention took before it was counted is lost, and said so', () => {
  const log = { ...LOG, start: 300, ...committed(256) };
  expect(resumePosition(log, { epoch: 0, topicId: 'b' })).toEqual({
    ...{ offset: 300, epoch: 0, lost: { from: 256, counted: 256, to: 300 } },
  });
});

test('what was published of an unfinished block is not lost, and gone on from where that is possible', () => {
  const log = { ...LOG, start: 300, ...committed(256) };
  expect(resumePosition(log, { epoch: 0, open: 290 })).toEqual({
    ...{ offset: 300, epoch: 0, lost: { from: 256, counted: 290, to: 300 } },
  });
  expect(resumePosition(log, { epoch: 0, open: 340 })).toEqual({
    ...{ offset: 340, epoch: 0, lost: { from: 256, counted: 340, to: 340 } },
  });
  // A note cannot lead beyond the log.
  expect(resumePosition(log, { epoch: 0, open: 5000 })).toMatchObject({ offset: 1000 });
});
