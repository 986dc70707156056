import { describe, expect, it } from 'vitest';
import { Watermark } from './watermark.ts';

const IDLE = 30_000;
const JUMP = 3_600_000;

/** Blocks without an outlier: three times, the last at `time`. */
function block(index: number, time: number, ended = false) {
  return { index, highest: [time, time, time], end: endOf(index), ended };
}

function endOf(index: number, epoch = 0) {
  return { epoch, offset: 10 * index + 10 };
}

function watermark(): Watermark {
  return new Watermark({ idleAfterMs: IDLE, jumpMs: JUMP });
}

describe('Watermark', () => {
  it('knows nothing without partitions', () => {
    expect(watermark().read(0)).toEqual({ time: null, excused: [], ended: false });
  });

  it('is the lowest of the clocks', () => {
    const mark = watermark();
    mark.observe('t/0', block(0, 100), 0);
    mark.observe('t/1', block(0, 50), 0);
    expect(mark.read(0).time).toBe(50);
    mark.observe('t/1', block(1, 200), 0);
    expect(mark.read(0).time).toBe(100);
  });

  it('waits for an expected partition until it is idle', () => {
    const mark = watermark();
    mark.expect('t/1', 0);
    mark.observe('t/0', block(0, 100), 0);
    expect(mark.read(IDLE - 1)).toEqual({ time: null, excused: [], ended: false });
    mark.observe('t/0', block(1, 150), IDLE - 1);
    expect(mark.read(IDLE)).toEqual({ time: 150, excused: ['t/1'], ended: false });
  });

  it('excuses an idle partition, waits for it again when it wakes, and never goes back', () => {
    const mark = watermark();
    mark.observe('t/0', block(0, 100), 0);
    mark.observe('t/1', block(0, 100), 0);
    mark.observe('t/0', block(1, 900), 20_000);
    expect(mark.read(20_000).time).toBe(100);
    expect(mark.read(IDLE)).toEqual({ time: 900, excused: ['t/1'], ended: false });
    mark.observe('t/1', block(1, 300), 40_000);
    expect(mark.read(40_000)).toEqual({ time: 900, excused: [], ended: false });
    mark.observe('t/0', block(2, 2000), 41_000);
    expect(mark.read(41_000).time).toBe(900);
    mark.observe('t/1', block(2, 1500), 42_000);
    expect(mark.read(42_000).time).toBe(1500);
  });

  it('stands where the furthest partition came to once all are idle', () => {
    const mark = watermark();
    mark.observe('t/1', block(0, 700), 0);
    mark.observe('t/0', block(0, 100), 0);
    expect(mark.read(IDLE * 2)).toEqual({ time: 700, excused: ['t/0', 't/1'], ended: false });
  });

  it('does not wait for a partition whose blocks bring no event', () => {
    const mark = watermark();
    mark.observe('t/0', block(0, 100), 0);
    mark.observe('t/0', { ...block(0, 100), alive: false }, IDLE);
    expect(mark.read(IDLE).excused).toEqual(['t/0']);
  });

  it('is over when every partition has ended, and goes on when one does', () => {
    const mark = watermark();
    mark.observe('t/0', block(0, 100, true), 0);
    mark.observe('t/1', block(0, 50), 0);
    expect(mark.read(0)).toEqual({ time: 50, excused: [], ended: false });
    mark.observe('t/1', block(1, 60, true), 0);
    expect(mark.read(0)).toEqual({ time: Number.POSITIVE_INFINITY, excused: [], ended: true });
    mark.observe('t/1', block(2, 500), 0);
    expect(mark.read(0)).toEqual({ time: 500, excused: [], ended: false });
  });

  it('is over still when a block of before its end comes late', () => {
    const mark = watermark();
    mark.observe('t/0', block(3, 100, true), 0);
    mark.observe('t/0', block(1, 90), 0);
    expect(mark.read(0).ended).toBe(true);
    mark.observe('t/0', block(4, 110), 0);
    expect(mark.read(0)).toMatchObject({ time: 110, ended: false });
  });

  it('is over still when an earlier log is heard of, and goes on with a later one', () => {
    const mark = watermark();
    mark.resume('t/0', { time: 100, ended: true, said: endOf(3, 1) }, 0);
    mark.observe('t/0', { ...block(7, 90), end: endOf(7, 0) }, 0);
    expect(mark.read(0).ended).toBe(true);
    mark.observe('t/0', { ...block(2, 95), end: endOf(2, 1) }, 0);
    expect(mark.read(0).ended).toBe(true);
    mark.observe('t/0', { ...block(0, 120), end: endOf(0, 2) }, 0);
    expect(mark.read(0).ended).toBe(false);
  });

  it('goes on where an earlier one stood', () => {
    const mark = watermark();
    mark.resume('t/0', { time: 400, ended: false }, 0);
    mark.resume('t/1', { time: null, ended: true }, 0);
    expect(mark.read(0).time).toBe(400);
    // One record is enough within the jump, and not beyond it.
    mark.observe('t/0', { index: 9, highest: [500], end: endOf(9), ended: false }, 0);
    mark.observe('t/0', { index: 10, highest: [10 * JUMP], end: endOf(10), ended: false }, 0);
    expect(mark.read(0).time).toBe(500);
    expect(mark.describe(IDLE)).toEqual([
      { partition: 't/0', time: 500, idle: true, ended: false },
      { partition: 't/1', time: null, idle: false, ended: true },
    ]);
  });
});
