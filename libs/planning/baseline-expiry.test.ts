import { describe, expect, it } from 'vitest';
import { baselineExpiry } from './baseline-expiry.ts';

const DAY = 86_400_000;
const RECORD = {
  name: 'shop',
  version: 'v3',
  createdAt: Date.UTC(2024, 4, 1),
  timeRange: { start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 31, 23) },
};

describe('baselineExpiry', () => {
  it('counts from the last event', () => {
    expect(baselineExpiry(RECORD, { expiresAfterMs: 90 * DAY })).toEqual({
      at: Date.UTC(2024, 0, 31, 23) + 90 * DAY,
      warning:
        'The baseline shop v3 has expired: its last event is of 2024-01-31, and it is good for 90d after that.',
    });
  });

  it('counts from the making where there are no event times', () => {
    const expiry = baselineExpiry({ ...RECORD, timeRange: null }, { expiresAfterMs: DAY });
    expect(expiry?.at).toBe(Date.UTC(2024, 4, 2));
    expect(expiry?.warning).toContain('it was built on 2024-05-01, and it is good for 1d');
  });

  it('never ends where no end is set', () => {
    expect(baselineExpiry(RECORD, {})).toBeNull();
    expect(baselineExpiry(RECORD, undefined)).toBeNull();
  });
});
