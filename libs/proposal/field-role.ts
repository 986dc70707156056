import type { FieldRole } from '#libs/profiles/field.ts';
import type { PathSurvey } from './path-survey.ts';
import { wordsOf } from './words.ts';

const PREDICTION = new Set(['prediction', 'predicted', 'predictions', 'pred', 'yhat', 'forecast']);
const LABEL = new Set(['label', 'target', 'y', 'outcome', 'truth', 'groundtruth', 'ytrue']);
const SCORE = new Set(['score', 'probability', 'prob', 'proba', 'confidence', 'likelihood']);
/** Parts of a prediction that are named for themselves: `prediction.class`. */
const PARTS = new Set(['value', 'class', 'label', 'result', 'outcome', 'output']);

/** What a field is to the model, as far as its name and its values tell; else a feature. */
export function roleOf(survey: PathSurvey): Exclude<FieldRole, 'id' | 'group'> {
  const leaf = wordsOf(survey.keys.at(-1) ?? '');
  const parent = wordsOf(survey.keys.at(-2) ?? '');
  const whole = leaf.join('');
  const last = leaf.at(-1) ?? '';
  const ofPrediction = parent.some((word) => PREDICTION.has(word));
  if (SCORE.has(last) && isShare(survey)) return 'score';
  if (whole === 'yscore' && isShare(survey)) return 'score';
  if (PREDICTION.has(whole) || PREDICTION.has(last) || leaf[0] === 'predicted') return 'prediction';
  if (ofPrediction && PARTS.has(whole)) return 'prediction';
  if (LABEL.has(whole) || last === 'label' || whole === 'actual') return 'label';
  return 'feature';
}

/** Whether all numbers lie within 0 and 1, as a probability does. */
export function isShare({ seen, range }: PathSurvey): boolean {
  return seen.numbers > 0 && range !== null && range.min >= 0 && range.max <= 1;
}
