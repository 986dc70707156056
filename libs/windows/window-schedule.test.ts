import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_EMPTY_WINDOWS } from './stretches.ts';
import { Watermark } from './watermark.ts';
import { type DueWindow, type Published, WindowSchedule } from './window-schedule.ts';
import type { WindowSpec } from './window-spec.ts';

const HOUR = 3_600_000;
const YEARS = 10 * 365 * 24 * HOUR;
const OVER = Number.POSITIVE_INFINITY;
type Spec = WindowSpec & { readonly paneMs: number; readonly series?: boolean };
const TUMBLING: Spec = { windowMs: HOUR, hopMs: HOUR, latenessMs: 0, paneMs: HOUR };
const HOPPING: Spec = { windowMs: 4 * HOUR, hopMs: 2 * HOUR, latenessMs: 0, paneMs: HOUR };

/** A schedule with its panes and what it has published; times in hours. */
class Monitor {
  readonly panes = new Map<number, number>();
  readonly published = new Map<number, Published>();
  readonly spec: Spec;
  #schedule: WindowSchedule;

  constructor(spec: Spec) {
    this.spec = spec;
    this.#schedule = new WindowSchedule(spec);
  }

  add(hour: number, events: number): this {
    const pane = Math.floor(hour) * HOUR;
    this.panes.set(pane, (this.panes.get(pane) ?? 0) + events);
    this.#schedule.touch(pane);
    return this;
  }

  due(hour: number): DueWindow[] {
    return this.#schedule.due(this.panes, hour * HOUR);
  }

  /** Publishes what is due: window starts in hours, with their events and revisions. */
  publish(hour: number): [start: number, events: number, revision: number][] {
    return this.due(hour).map((window) => {
      this.#schedule.confirm(window);
      expect(window.end - window.start).toBe(this.spec.windowMs);
      const { revision, events, complete, series } = window;
      const mark = series === undefined ? {} : { series };
      this.published.set(window.start, { revision, events, complete, ...mark });
      return [window.start / HOUR + 0, events, revision];
    });
  }

  restart(): this {
    this.#schedule = new WindowSchedule(this.spec, this.published);
    return this;
  }

  /** Everything published so far. */
  final(): [start: number, events: number][] {
    return [...this.published]
      .map(([start, { events }]): [number, number] => [start / HOUR + 0, events])
      .sort(([a], [b]) => a - b);
  }
}

describe('tumbling windows', () => {
  it('are due once each when the watermark has passed them and the lateness', () => {
    const monitor = new Monitor({ ...TUMBLING, latenessMs: HOUR / 2 }).add(0, 5).add(1, 6);
    expect(monitor.publish(1.4)).toEqual([]);
    expect(monitor.publish(1.5)).toEqual([[0, 5, 0]]);
    expect(monitor.publish(1.5)).toEqual([]);
    monitor.add(2, 7);
    expect(monitor.publish(2.6)).toEqual([[1, 6, 0]]);
    expect(monitor.publish(OVER)).toEqual([[2, 7, 0]]);
    expect(monitor.publish(OVER)).toEqual([]);
  });

  it('are due again with the next revision when they hold more events, and only then', () => {
    const monitor = new Monitor(TUMBLING).add(0, 5).add(1, 5);
    expect(monitor.publish(2)).toEqual([
      [0, 5, 0],
      [1, 5, 0],
    ]);
    monitor.add(0, 0);
    expect(monitor.publish(2)).toEqual([]);
    monitor.add(0, 2);
    expect(monitor.publish(2)).toEqual([[0, 7, 1]]);
    monitor.add(0, 1);
    expect(monitor.publish(2)).toEqual([[0, 8, 2]]);
    // Panes that are no longer retained take nothing back.
    monitor.panes.delete(0);
    monitor.add(1, 1);
    expect(monitor.publish(2)).toEqual([[1, 6, 1]]);
  });

  it('stay due until they are confirmed', () => {
    const monitor = new Monitor(TUMBLING).add(0, 5).add(1, 5);
    const [first, second] = monitor.due(2);
    expect(monitor.due(2)).toEqual([first, second]);
    expect(monitor.publish(2)).toHaveLength(2);
    expect(monitor.due(2)).toEqual([]);
  });

  it('without events are due between data', () => {
    const monitor = new Monitor(TUMBLING).add(0, 5).add(4, 5);
    expect(monitor.publish(5)).toEqual([
      [0, 5, 0],
      [1, 0, 0],
      [2, 0, 0],
      [3, 0, 0],
      [4, 5, 0],
    ]);
    monitor.add(2, 1);
    expect(monitor.publish(5)).toEqual([[2, 1, 1]]);
  });

  it('are not due behind the data, however far the watermark is', () => {
    const monitor = new Monitor(TUMBLING).add(0, 5);
    expect(monitor.publish(1000)).toEqual([[0, 5, 0]]);
    monitor.add(3, 5);
    expect(monitor.publish(1000)).toEqual([
      [1, 0, 0],
      [2, 0, 0],
      [3, 5, 0],
    ]);
  });

  it('are complete but for the first, and the last once the input is over', () => {
    const monitor = new Monitor(TUMBLING).add(0, 5).add(1, 5).add(2, 5);
    expect(monitor.due(3).map(({ complete }) => complete)).toEqual([false, true, true]);
    expect(monitor.due(OVER).map(({ complete }) => complete)).toEqual([false, true, false]);
  });

  it('are due again when they turn out not to be the first or last, and only once', () => {
    for (const restarts of [false, true]) {
      const monitor = new Monitor(TUMBLING).add(5, 9).add(6, 9);
      expect(monitor.publish(OVER)).toEqual([
        [5, 9, 0],
        [6, 9, 0],
      ]);
      if (restarts) monitor.restart();
      monitor.add(4, 9);
      expect(monitor.due(OVER).map(({ start, complete }) => [start / HOUR, complete])).toEqual([
        [4, false],
        [5, true],
      ]);
      expect(monitor.publish(OVER)).toEqual([
        [4, 9, 0],
        [5, 9, 1],
      ]);
      if (restarts) monitor.restart();
      expect(monitor.publish(OVER)).toEqual([]);
      monitor.add(7, 9);
      expect(monitor.publish(OVER)).toEqual([
        [6, 9, 1],
        [7, 9, 0],
      ]);
      if (restarts) monitor.restart().add(7, 0);
      expect(monitor.publish(OVER)).toEqual([]);
    }
  });

  it('of a stream with an event now and then are due one by one', () => {
    const monitor = new Monitor(TUMBLING).add(0, 1).add(20, 1).add(40, 1);
    expect(monitor.publish(41)).toEqual([
      [0, 1, 0],
      [20, 1, 0],
      [40, 1, 0],
    ]);
    expect(new Monitor(TUMBLING).add(7, 1).publish(OVER)).toEqual([[7, 1, 0]]);
  });

  it('of a stream with an event an hour are due with those in between', () => {
    const monitor = new Monitor(TUMBLING);
    for (const hour of [0, 1, 2, 4, 5, 6, 8, 9, 10]) monitor.add(hour, 1);
    expect(monitor.publish(11)).toHaveLength(11);
  });
});

describe('hopping windows', () => {
  it('begin at the data and do not reach beyond it', () => {
    const monitor = new Monitor(HOPPING);
    for (let hour = 1; hour < 9; hour++) monitor.add(hour, 1);
    expect(monitor.publish(6)).toEqual([
      [0, 3, 0],
      [2, 4, 0],
    ]);
    expect(monitor.publish(OVER)).toEqual([
      [4, 4, 0],
      [6, 3, 0],
    ]);
    expect(monitor.due(OVER)).toEqual([]);
  });

  it('are all due again when a pane that they share has more events', () => {
    const monitor = new Monitor(HOPPING);
    for (let hour = 0; hour < 10; hour++) monitor.add(hour, 3);
    monitor.publish(10);
    monitor.add(5, 1);
    expect(monitor.publish(10)).toEqual([
      [2, 13, 1],
      [4, 13, 1],
    ]);
  });
});

describe('stray event times', () => {
  const data = (spec: Spec) => {
    const monitor = new Monitor(spec);
    for (let hour = 0; hour < 48; hour++) monitor.add(hour, 10);
    return monitor;
  };
  it.each([TUMBLING, HOPPING])('years ahead or behind make one window each', (spec) => {
    const usual = data(spec).publish(OVER).length;
    for (const stray of [-YEARS / HOUR, YEARS / HOUR]) {
      expect(data(spec).add(stray, 1).publish(OVER)).toHaveLength(usual + 1);
    }
  });

  it.each([TUMBLING, HOPPING])(
    'that agree on 1970 or on 2035 make no years of empty windows',
    (spec) => {
      const usual = data(spec).publish(OVER).length;
      for (const stray of [-YEARS / HOUR, YEARS / HOUR]) {
        expect(
          data(spec)
            .add(stray, 50)
            .add(stray + 1, 50)
            .publish(OVER).length,
        ).toBeLessThan(usual + 4);
      }
    },
  );

  it('are not due before the watermark has passed them', () => {
    expect(
      data(TUMBLING)
        .add(YEARS / HOUR, 1)
        .publish(48),
    ).toHaveLength(48);
  });

  it('become part of the data when more comes', () => {
    const monitor = data(TUMBLING).add(-10, 1);
    expect(monitor.publish(48)).toHaveLength(49);
    monitor.add(-10, 2);
    const later = monitor.publish(48);
    expect(later[0]).toEqual([-10, 3, 1]);
    expect(later.slice(1, 10)).toEqual(Array.from({ length: 9 }, (_, i) => [i - 9, 0, 0]));
    // What was the first window is not any longer, so that it is complete.
    expect(later.slice(10)).toEqual([[0, 10, 1]]);
  });
});

describe('windows whose verdicts depend on those before', () => {
  const FOLLOWING: Spec = { ...TUMBLING, series: true };
  const hours = (from: number, to: number, spec = FOLLOWING): Monitor => {
    const monitor = new Monitor(spec);
    for (let hour = from; hour < to; hour++) monitor.add(hour, 5);
    return monitor;
  };
  const starts = (published: readonly (readonly number[])[]) => published.map(([start]) => start);

  it.each([false, true])('are due again when one before them changes, restarted %s', (restarts) => {
    const monitor = hours(0, 6);
    monitor.publish(6);
    if (restarts) monitor.restart();
    monitor.add(3, 1);
    expect(monitor.publish(6)).toEqual([
      [3, 6, 1],
      [4, 5, 1],
      [5, 5, 1],
    ]);
    if (restarts) monitor.restart().add(0, 0);
    expect(monitor.publish(6)).toEqual([]);
  });

  it('are due again after a crash between the change and them', () => {
    const monitor = hours(0, 6);
    monitor.publish(6);
    monitor.add(3, 1);
    const [changed] = monitor.due(6);
    const { start, end: _, ...published } = changed!;
    monitor.published.set(start, published);
    monitor.restart().add(0, 0);
    expect(starts(monitor.publish(6))).toEqual([4, 5]);
  });

  it('are due again when one before them turns out complete, or is new', () => {
    const monitor = hours(1, 4);
    monitor.publish(4);
    monitor.add(0, 5);
    expect(starts(monitor.publish(4))).toEqual([0, 1, 2, 3]);
    expect(starts(monitor.publish(4))).toEqual([]);
  });

  it('are not due again where only windows that share their events change', () => {
    const monitor = hours(0, 20, { ...HOPPING, series: true });
    monitor.publish(20);
    // Held by the windows from 4 and 6; 8 follows 4, 10 follows 6, and so on.
    monitor.add(7, 1);
    const again = starts(monitor.publish(20));
    expect(again).toEqual([4, 6, 8, 10, 12, 14, 16]);
    expect(starts(monitor.publish(20))).toEqual([]);
  });

  it('that were published without a series are left as they are', () => {
    const monitor = hours(0, 4);
    monitor.publish(4);
    for (const [start, { series: _, ...published }] of monitor.published) {
      monitor.published.set(start, published);
    }
    monitor.restart().add(1, 1).add(4, 5);
    expect(starts(monitor.publish(5))).toEqual([1, 4]);
    monitor.add(2, 1);
    expect(starts(monitor.publish(5))).toEqual([2, 4]);
  });

  it('see no further back than their series goes', () => {
    const monitor = hours(0, 3 * 256);
    monitor.publish(3 * 256);
    monitor.add(0, 1);
    expect(starts(monitor.publish(3 * 256))).toEqual(Array.from({ length: 512 }, (_, i) => i));
  });
});

/** A pane of the input, with the partition that its events come from. */
const arrival = fc.record({
  hour: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 30 }) },
    { weight: 1, arbitrary: fc.constantFrom(-90_000, -400, 300, 2000, 90_000) },
  ),
  events: fc.integer({ min: 1, max: 4 }),
  partition: fc.nat(2),
});

/** Lets panes arrive one by one, publishing and sometimes restarting in between. */
function run(
  spec: Spec,
  arrivals: readonly { hour: number; events: number; partition: number }[],
  restarts: boolean,
): Monitor {
  const monitor = new Monitor(spec);
  const watermark = new Watermark({ idleAfterMs: 5, jumpMs: HOUR });
  for (const [index, { hour, events, partition }] of arrivals.entries()) {
    monitor.add(hour, events);
    const highest = Array.from({ length: events }, () => hour * HOUR + HOUR / 2);
    const end = { epoch: 0, offset: index + 1 };
    watermark.observe(String(partition), { index, highest, end, ended: false }, index);
    const { time } = watermark.read(index);
    if (time !== null) monitor.publish(time / HOUR);
    if (restarts && index % 3 === 0) monitor.restart();
  }
  monitor.publish(OVER);
  return monitor;
}

describe('the windows published in the end', () => {
  it('are the same in whatever order panes arrive, with and without restarts', () => {
    fc.assert(
      fc.property(
        fc
          .array(arrival, { minLength: 1, maxLength: 40 })
          .chain((arrivals) =>
            fc.tuple(
              fc.constant(arrivals),
              fc.shuffledSubarray(arrivals, { minLength: arrivals.length }),
            ),
          ),
        ([arrivals, shuffled]) => {
          const whole = new Monitor(TUMBLING);
          for (const { hour, events } of arrivals) whole.add(hour, events);
          whole.publish(OVER);
          const expected = whole.final();
          expect(run(TUMBLING, arrivals, false).final()).toEqual(expected);
          expect(run(TUMBLING, shuffled, false).final()).toEqual(expected);
          expect(run(TUMBLING, shuffled, true).final()).toEqual(expected);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });

  it('are the same for hopping windows over data without strays', () => {
    const hours = fc.shuffledSubarray(
      Array.from({ length: 24 }, (_, hour) => hour),
      { minLength: 24 },
    );
    fc.assert(
      fc.property(hours, fc.boolean(), (order, restarts) => {
        const arrivals = order.map((hour) => ({
          hour,
          events: 3 + (hour % 4),
          partition: hour % 3,
        }));
        const expected = run(
          HOPPING,
          arrivals.toSorted((a, b) => a.hour - b.hour),
          false,
        ).final();
        expect(expected.map(([start]) => start)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
        const found = new Map(run(HOPPING, arrivals, restarts).final());
        for (const [start, events] of expected)
          expect([start, found.get(start)]).toEqual([start, events]);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('hold every event once, and are bounded by the panes', () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 40 }), (arrivals) => {
        const final = run(TUMBLING, arrivals, false).final();
        const total = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);
        expect(total(final.map(([, events]) => events))).toBe(
          total(arrivals.map(({ events }) => events)),
        );
        const panes = new Set(arrivals.map(({ hour }) => hour)).size;
        expect(final.length).toBeLessThanOrEqual(panes * (MOST_EMPTY_WINDOWS + 1));
        expect(final.length).toBeLessThanOrEqual(3 * MOST_EMPTY_WINDOWS);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('are published once: a restart publishes nothing again', () => {
    fc.assert(
      fc.property(
        fc.array(arrival, { maxLength: 40 }),
        fc.integer({ min: -5, max: 40 }),
        (arrivals, watermark) => {
          const monitor = new Monitor(TUMBLING);
          for (const { hour, events } of arrivals) monitor.add(hour, events);
          monitor.publish(watermark);
          monitor.restart();
          for (const { hour } of arrivals) monitor.add(hour, 0);
          expect(monitor.publish(watermark)).toEqual([]);
        },
      ),
      { seed: 8, numRuns: 100 },
    );
  });
});
