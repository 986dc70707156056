import { describe, expect, test } from 'vitest';
import { bench, normal, type Row, rowsOf, spec, uniform } from './judge-fixture.ts';
import type { RulesInput } from './rules.ts';

const off = { kind: 'off' as const };
const any = { kind: 'limit' as const, warning: 1e-9 };

/** Only the evidence decides: every effect is beyond its threshold. */
const EVIDENCE_ONLY: RulesInput = {
  thresholds: [
    {
      field: '*',
      statistics: {
        ks: any,
        psi: any,
        missing_rate: off,
        invalid_rate: off,
        out_of_range_rate: off,
      },
    },
  ],
};

/** Share of windows without any change that are called drift. */
function falseAlarms(
  makeDay: () => Row[],
  { rules, baselines }: { rules: RulesInput; baselines: number },
): number {
  let alarms = 0;
  const windows = 5;
  for (let round = 0; round < baselines; round++) {
    const judge = bench([spec('x', 'numeric')], {
      days: Array.from({ length: 30 }, makeDay),
      rules,
    });
    for (let i = 0; i < windows; i++) {
      if (judge.assess(makeDay(), 'x').verdict !== 'ok') alarms++;
    }
  }
  return alarms / (baselines * windows);
}

describe('size at 0.01', () => {
  const round1 = (value: number): number => Math.round(value * 10) / 10;

  test('independent events', () => {
    const random = uniform(11);
    const day = (): Row[] => rowsOf(400, () => ({ x: round1(normal(random)) }));
    const share = falseAlarms(day, { rules: EVIDENCE_ONLY, baselines: 40 });
    // 200 windows at 0.01: more than 7 happens once in a thousand.
    expect(share).toBeLessThanOrEqual(7 / 200);
  });

  test('days with an effect of their own, events in AR(1)', () => {
    const random = uniform(12);
    const day = (): Row[] => {
      const effect = 0.3 * normal(random);
      let state = normal(random);
      return rowsOf(400, () => {
        state = 0.8 * state + 0.6 * normal(random);
        return { x: round1(state + effect) };
      });
    };
    const share = falseAlarms(day, { rules: EVIDENCE_ONLY, baselines: 40 });
    // The stated size is up to 0.018; 200 windows at that: more than 10 once in a thousand.
    expect(share).toBeLessThanOrEqual(10 / 200);
    const iid = falseAlarms(day, { rules: { ...EVIDENCE_ONLY, evidence: 'iid' }, baselines: 10 });
    expect(iid).toBeGreaterThan(0.3);
  });
});

describe('power at the detectable effect', () => {
  const rules: RulesInput = {
    evidence: 'iid',
    thresholds: [
      {
        field: '*',
        statistics: {
          missing_rate: off,
          invalid_rate: off,
          out_of_range_rate: off,
          unseen_rate: off,
        },
      },
    ],
  };

  test('ks: a shift of a uniform distribution by as much', () => {
    const random = uniform(13);
    const draw = (shift: number) => (): Row => ({ x: Math.floor((random() + shift) * 1000) });
    const judge = bench([spec('x', 'numeric')], { rows: rowsOf(15_000, draw(0)), rules });
    const detectable = judge.assess(rowsOf(300, draw(0)), 'x').statistics.ks?.detectable ?? 1;
    expect(detectable).toBeLessThan(0.2);
    let found = 0;
    for (let i = 0; i < 200; i++) {
      if (judge.assess(rowsOf(300, draw(detectable)), 'x').verdict !== 'ok') found++;
    }
    expect(found / 200).toBeGreaterThanOrEqual(0.8);
  });

  test('psi: one category takes from the others until the index is as large', () => {
    const random = uniform(14);
    const names = ['A', 'B', 'C', 'D'];
    const draw = (share: number) => (): Row => {
      const at = random();
      return { c: at < share ? 'A' : names[1 + Math.floor((3 * (at - share)) / (1 - share))] };
    };
    const judge = bench([spec('c', 'categorical')], { rows: rowsOf(20_000, draw(0.25)), rules });
    const detectable = judge.assess(rowsOf(500, draw(0.25)), 'c').statistics.psi?.detectable ?? 9;
    const index = (share: number): number =>
      (share - 0.25) * Math.log(share / 0.25) + (0.25 - share) * Math.log((1 - share) / 3 / 0.25);
    let low = 0.25;
    let high = 0.9;
    for (let step = 0; step < 50; step++) {
      const middle = (low + high) / 2;
      if (index(middle) < detectable) low = middle;
      else high = middle;
    }
    let found = 0;
    for (let i = 0; i < 300; i++) {
      if (judge.assess(rowsOf(500, draw(low)), 'c').verdict !== 'ok') found++;
    }
    // The stated power is 0.8 for the least favourable bin; 300 windows vary by ±0.07.
    expect(found / 300).toBeGreaterThan(0.73);
    expect(found / 300).toBeLessThan(0.95);
  });
});
