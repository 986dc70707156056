import { compilePath } from '#libs/profiles/json-path.ts';
import type { PathSurvey } from './path-survey.ts';
import type { EventSurvey } from './survey-events.ts';
import { wordsOf } from './words.ts';

const ID_WORDS = new Set(['id', 'uuid', 'guid', 'ulid', 'identifier']);
/** What events call themselves, rather than what they are about. */
const OWN = new Set(['event', 'message', 'msg', 'request', 'record', 'transaction', 'trace', 'tx']);
const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
/** Fewer values cannot show that none repeats. */
const FEWEST = 10;
/** Events may be delivered twice, and now and then one lacks its id. */
const OWN_SHARE = 0.99;
/** A key that seldom differs from a value comes from elsewhere. */
const KEY_SHARE = 0.99;

/** The path of an id of the event's own: hardly ever absent or twice, and called so. */
export function findEventId({ events, paths }: EventSurvey): string | undefined {
  return paths
    .filter(
      ({ seen }) =>
        events >= FEWEST &&
        seen.present >= OWN_SHARE * events &&
        seen.distinct >= OWN_SHARE * events,
    )
    .map((path) => ({ path, rank: idRank(path) }))
    .filter(({ rank }) => rank < 4)
    .sort((a, b) => a.rank - b.rank || a.path.keys.length - b.path.keys.length)
    .at(0)?.path.path;
}

function idRank({ keys, values, seen }: PathSurvey): number {
  const words = wordsOf(keys.at(-1) ?? '');
  const named = words.some((word) => ID_WORDS.has(word));
  if (named && words.some((word) => OWN.has(word))) return 0;
  if (named && words.length === 1) return 1;
  if (named) return 2;
  return seen.texts > 0 && values.every((value) => UUID.test(value)) ? 3 : 4;
}

/** The path whose value the records carry as their key. */
export function findKey(
  { paths }: EventSurvey,
  events: readonly { readonly row: object; readonly key: string | null }[],
): string | undefined {
  const keyed = events.filter(({ key }) => key !== null);
  const distinct = new Set(keyed.map(({ key }) => key));
  // One key for all agrees with every constant.
  if (keyed.length < FEWEST || distinct.size < 2) return undefined;
  return paths.find(({ path, seen }) => {
    if (seen.present === seen.others) return false;
    const read = compilePath(path);
    let equal = 0;
    for (const { row, key } of keyed) {
      const value = read(row);
      if (value !== null && typeof value !== 'object' && String(value) === key) equal += 1;
    }
    return equal >= KEY_SHARE * keyed.length;
  })?.path;
}
