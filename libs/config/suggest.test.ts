import { describe, expect, it } from 'vitest';
import { formatSuggestion, suggest } from './suggest.ts';

const KEYS = [
  'window',
  'hop',
  'pane',
  'lateness',
  'min_samples',
  'model_version',
  'thresholds',
  'id',
];

describe('suggest', () => {
  it.each([
    ['windw', 'window'],
    ['wnidow', 'window'],
    ['Window', 'window'],
    ['windows', 'window'],
    ['minSamples', 'min_samples'],
    ['min-samples', 'min_samples'],
    ['model', 'model_version'],
    ['thresh', 'thresholds'],
    ['pnae', 'pane'],
    ['di', 'id'],
  ])('%s → %s', (wrong, right) => {
    expect(suggest(wrong, KEYS)).toEqual({ best: right, others: [] });
  });

  it.each(['', 'xy', 'colour', 'w', 'zzzzzzzz', '🙂'])('nothing is near %j', (wrong) => {
    expect(suggest(wrong, KEYS)).toBeUndefined();
  });

  it('tells all that are equally near, those with the same first letter first', () => {
    expect(suggest('tile', ['file', 'time', 'pane'])).toEqual({ best: 'time', others: ['file'] });
    expect(formatSuggestion({ best: 'time', others: ['file'] })).toBe(
      'did you mean "time" or "file"?',
    );
  });

  it('takes no time for a huge name', () => {
    expect(suggest('x'.repeat(1_000_000), KEYS)).toBeUndefined();
  });

  it('knows no name among none', () => {
    expect(suggest('window', [])).toBeUndefined();
  });
});
