import { type PathSurvey, PathSurveyor } from './path-survey.ts';

/** Everything that sampled events hold, by path. */
export interface EventSurvey {
  readonly events: number;
  /** In the order of first occurrence; members of nested objects after the object's own values. */
  readonly paths: readonly PathSurvey[];
  /** Member names beyond the most that are looked at. */
  readonly unsurveyed: number;
}

/** As deep as baselines look. */
const MAX_DEPTH = 6;
/** Events whose member names are data could have any number of them. */
const MOST_PATHS = 5000;

interface Node {
  readonly keys: readonly string[];
  readonly surveyor: PathSurveyor;
  readonly members: Map<string, Node>;
}

/** Looks at every value of every event. Memory grows with the paths and their distinct values. */
export function surveyEvents(events: readonly object[]): EventSurvey {
  const roots = new Map<string, Node>();
  const unsurveyed = new Set<string>();
  let count = 0;

  function nodeOf(siblings: Map<string, Node>, keys: readonly string[]): Node | undefined {
    const name = keys.at(-1) ?? '';
    const known = siblings.get(name);
    if (known !== undefined) return known;
    if (count >= MOST_PATHS) {
      if (unsurveyed.size < MOST_PATHS) unsurveyed.add(JSON.stringify(keys));
      return undefined;
    }
    count += 1;
    const node = { keys, surveyor: new PathSurveyor(keys), members: new Map() };
    siblings.set(name, node);
    return node;
  }

  function walk(value: unknown, node: Node): void {
    node.surveyor.add(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    if (node.keys.length >= MAX_DEPTH) return;
    descend(Object.entries(value), { siblings: node.members, keys: node.keys });
  }

  function descend(
    members: readonly (readonly [string, unknown])[],
    into: { readonly siblings: Map<string, Node>; readonly keys: readonly string[] },
  ): void {
    for (const [name, member] of members) {
      const node = nodeOf(into.siblings, [...into.keys, name]);
      if (node !== undefined) walk(member, node);
    }
  }

  for (const event of events) descend(Object.entries(event), { siblings: roots, keys: [] });
  return { events: events.length, paths: collect(roots.values()), unsurveyed: unsurveyed.size };
}

function collect(nodes: Iterable<Node>): PathSurvey[] {
  const found: PathSurvey[] = [];
  for (const { surveyor, members } of nodes) {
    const survey = surveyor.survey();
    // An object that is now and then null is no field of its own; its members are.
    if (survey.seen.present > survey.seen.others || members.size === 0) found.push(survey);
    found.push(...collect(members.values()));
  }
  return found;
}
