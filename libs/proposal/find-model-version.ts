import type { PathSurvey } from './path-survey.ts';
import type { EventSurvey } from './survey-events.ts';
import { wordsOf } from './words.ts';

/** Where events name the model that saw them. */
export interface ModelVersion {
  readonly path: string;
  /** Versions among the sampled events. */
  readonly versions: readonly string[];
  /** The name speaks of a model; `version` alone may be that of anything. */
  readonly certain: boolean;
}

const MOST_VERSIONS = 20;
const LIKE_A_VERSION = /^(v|ver|version|rev|r)?[-_. ]?\d+([._-]\w+)*$/i;
/** Ends of `model_…` that name one model among others, the best first. */
const MODEL_ENDS = ['version', 'ver', 'revision', 'release', 'tag', '', 'id', 'name', 'build'];

/** The path that names the model version: `model_version` before `model` before `version`. */
export function findModelVersion({ events, paths }: EventSurvey): ModelVersion | undefined {
  const ranked = paths
    .filter((path) => namesFew(path, events))
    .map((path) => ({ path, rank: rankOf(path) }))
    .filter(({ rank }) => rank !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a.rank - b.rank || a.path.keys.length - b.path.keys.length);
  const [best] = ranked;
  if (best === undefined) return undefined;
  return {
    path: best.path.path,
    versions: best.path.values.toSorted(),
    certain: best.rank < MODEL_ENDS.length,
  };
}

/** Texts or whole numbers in nearly all events, of which there are few. */
function namesFew({ seen }: PathSurvey, events: number): boolean {
  const scalar = seen.texts + (seen.integers ? seen.numbers : 0);
  return (
    scalar === seen.present &&
    seen.present >= 0.9 * events &&
    seen.distinct <= MOST_VERSIONS &&
    seen.distinct <= Math.max(1, events / 5)
  );
}

function rankOf({ keys, values }: PathSurvey): number {
  const leaf = wordsOf(keys.at(-1) ?? '');
  // `model.version` says the same as `model_version`; `car.model` is no model of ours.
  const parent = wordsOf(keys.at(-2) ?? '');
  const words = parent.at(-1) === 'model' && leaf[0] !== 'model' ? ['model', ...leaf] : leaf;
  const whole = words.join('');
  const nested = keys.length > 1 && parent.at(-1) !== 'model';
  const end = whole.startsWith('model') ? MODEL_ENDS.indexOf(whole.slice('model'.length)) : -1;
  // A bare `model` or a `model_name` may be that of a car or a phone: its values must tell.
  const bare = ['', 'id', 'name'].includes(MODEL_ENDS[end] ?? '?');
  const alike = values.every((value) => LIKE_A_VERSION.test(value) || /v\d|\d\.\d/i.test(value));
  if (end !== -1 && (!bare || (alike && !nested))) return end;
  if (leaf.join('') === 'version' && values.every((value) => LIKE_A_VERSION.test(value))) {
    return MODEL_ENDS.length;
  }
  return Number.POSITIVE_INFINITY;
}
