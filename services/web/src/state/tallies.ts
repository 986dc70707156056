/** Why events could not be counted, in words; the keys are the reasons that profilers give. */
const BAD_WORDS: Readonly<Record<string, string>> = {
  empty: 'empty',
  too_large: 'too large',
  malformed: 'malformed',
  not_an_object: 'not an object',
  no_time: 'without event time',
  bad_time: 'event time unreadable',
};

/** Counters that a reader should see apart, and only when they are not zero. */
const APART: readonly (readonly [name: string, label: string])[] = [
  ['late', 'Late events'],
  ['expired', 'Older than what is kept'],
  ['future', 'Events of the future'],
  ['lost', 'Lost events'],
  ['sampled_out', 'Left out by sampling'],
  ['synthetic', 'Synthetic events'],
  ['other_version', 'Of another model version'],
];

const BAD_PREFIX = 'bad_';

type Named = readonly [name: string, count: number];

/** Sorts a stream's counters into events, bad events by reason, and the rest worth showing. */
export function readTallies(tallies: Readonly<Record<string, number>>): {
  readonly events: number;
  readonly badTotal: number;
  readonly bad: readonly Named[];
  readonly others: readonly Named[];
} {
  const bad = Object.entries(tallies)
    .flatMap(([name, count]): Named[] => {
      if (!name.startsWith(BAD_PREFIX) || count === 0) return [];
      const reason = name.slice(BAD_PREFIX.length);
      return [[BAD_WORDS[reason] ?? reason.replaceAll('_', ' '), count]];
    })
    .sort((a, b) => b[1] - a[1]);
  return {
    events: tallies.events ?? 0,
    badTotal: bad.reduce((sum, [, count]) => sum + count, 0),
    bad,
    others: APART.flatMap(([name, label]): Named[] => {
      const count = tallies[name] ?? 0;
      return count === 0 ? [] : [[label, count]];
    }),
  };
}
