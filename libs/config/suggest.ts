import { distance } from 'fastest-levenshtein';

/** The nearest right name, and others that are exactly as near. */
export interface Suggestion {
  readonly best: string;
  readonly others: readonly string[];
}

/**
 * The valid name that was most likely meant by a wrong one: equal but for case and separators
 * (`minSamples` → `min_samples`), else fewest slips (insertion, deletion, replacement, or a swap of
 * neighbours), at most one in three characters, else the only name that the wrong one begins, or
 * that begins it. `undefined` when nothing is near.
 */
export function suggest(wrong: string, valid: readonly string[]): Suggestion | undefined {
  const folded = fold(wrong);
  const same = valid.filter((name) => fold(name) === folded);
  if (same.length > 0) return toSuggestion(same);

  let fewest = Number.POSITIVE_INFINITY;
  let nearest: string[] = [];
  for (const name of valid) {
    const allowed = Math.max(1, Math.floor(Math.max(name.length, wrong.length) / 3));
    // Names of very different length cannot be near; a long wrong name costs nothing.
    if (Math.abs(name.length - wrong.length) > allowed) continue;
    const steps = slips(wrong.toLowerCase(), name.toLowerCase());
    // Nothing in common is not a slip: `xy` does not stand for `id`.
    if (steps > allowed || steps >= name.length) continue;
    if (steps < fewest) nearest = [];
    if (steps <= fewest) nearest.push(name);
    fewest = Math.min(fewest, steps);
  }
  if (nearest.length > 0) return toSuggestion(preferSameStart(wrong, nearest));

  if (folded.length < 3) return undefined;
  const extending = valid.filter((name) => {
    const other = fold(name);
    return other.startsWith(folded) || (other.length >= 3 && folded.startsWith(other));
  });
  return extending.length === 1 ? toSuggestion(extending) : undefined;
}

/** `did you mean "window"?`, with all that are equally near. */
export function formatSuggestion(suggestion: Suggestion): string {
  const names = [suggestion.best, ...suggestion.others].map((name) => JSON.stringify(name));
  const last = names.pop();
  return `did you mean ${names.length === 0 ? '' : `${names.join(', ')} or `}${last}?`;
}

function toSuggestion(names: readonly string[]): Suggestion | undefined {
  const [best, ...others] = names;
  return best === undefined ? undefined : { best, others };
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s._-]+/g, '');
}

/** Levenshtein distance in which one swap of neighbours counts once. */
function slips(wrong: string, name: string): number {
  const steps = distance(wrong, name);
  return steps === 2 && isSwap(wrong, name) ? 1 : steps;
}

function isSwap(wrong: string, name: string): boolean {
  if (wrong.length !== name.length) return false;
  let first = 0;
  while (wrong[first] === name[first]) first += 1;
  return (
    wrong[first] === name[first + 1] &&
    wrong[first + 1] === name[first] &&
    wrong.slice(first + 2) === name.slice(first + 2)
  );
}

/** People seldom miss the first letter: among equals such names come first, the order is kept. */
function preferSameStart(wrong: string, names: readonly string[]): readonly string[] {
  const start = wrong[0]?.toLowerCase();
  return [
    ...names.filter((name) => name[0] === start),
    ...names.filter((name) => name[0] !== start),
  ];
}
