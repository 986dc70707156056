import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { formatPath, parsePath } from '#libs/profiles/json-path.ts';
import {
  findEventTime,
  measureEventTime,
  type SampledEvent,
  type TimeCandidate,
} from './find-event-time.ts';
import { findEventId, findKey } from './find-identity.ts';
import { findModelVersion, type ModelVersion } from './find-model-version.ts';
import { type LeftOutPath, type ProposedField, percent, proposeField } from './propose-field.ts';
import { type EventSurvey, surveyEvents } from './survey-events.ts';

/** What the sampled events of a stream tell about how to read and to watch it. */
export interface StreamProposal {
  readonly events: number;
  readonly time: TimeCandidate;
  /** Other paths that hold usable times, the likeliest first. */
  readonly otherTimes: readonly TimeCandidate[];
  readonly modelVersion?: ModelVersion;
  readonly id?: string;
  readonly key?: string;
  readonly fields: readonly ProposedField[];
  readonly leftOut: readonly LeftOutPath[];
  /** Fields of one name that a baseline of these events would find twice, with the path to take. */
  readonly ambiguous: ReadonlyMap<string, string>;
}

/** A configuration has to stay readable, and below 1 MiB. */
const MOST_FIELDS = 2000;
const MOST_TIMES_SHOWN = 5;

/**
 * Proposes how to read and what to watch, from events alone.
 *
 * @param options.time JSON path of the event time, where the user has said it
 * @throws PLB_SAMPLE_UNUSABLE when no event time is found, or none at the path that was named, or
 * nothing could be watched
 */
export function proposeStream(
  events: readonly (SampledEvent & { readonly key: string | null })[],
  options: { readonly time?: string } = {},
): StreamProposal {
  const survey = surveyEvents(events.map(({ row }) => row));
  const candidates = findEventTime(survey, events);
  const time = chooseTime(candidates, { survey, events, asked: options.time });
  const version = findModelVersion(survey);
  const modelVersion = version?.path === time.path ? undefined : version;
  const id = findEventId(survey);
  const key = findKey(survey, events);
  const fields: ProposedField[] = [];
  const leftOut: LeftOutPath[] = [];
  const pathOf = new Map<string, string>();
  const ambiguous = new Map<string, string>();
  for (const path of survey.paths) {
    const twin = pathOf.get(path.name);
    if (twin !== undefined) {
      ambiguous.set(path.name, twin);
      leftOut.push({
        ...{ kind: 'left_out', path: path.path },
        reason: `another path, ${twin}, gives a field of the same name`,
      });
      continue;
    }
    pathOf.set(path.name, path.path);
    const proposed = proposeField(path, survey.events);
    if (path.path === time.path) continue;
    if (path.path === id) leftOut.push({ ...proposed, kind: 'left_out', reason: OWN_ID });
    else if (path.path === modelVersion?.path) {
      leftOut.push({ ...proposed, kind: 'left_out', reason: 'names the version of the model' });
    } else if (proposed.kind === 'left_out') leftOut.push(proposed);
    else if (fields.length < MOST_FIELDS) fields.push(proposed);
    else leftOut.push({ ...proposed, kind: 'left_out', reason: `beyond ${MOST_FIELDS} fields` });
  }
  if (fields.length === 0) throw nothingToWatch(leftOut);
  return {
    ...{ events: survey.events, time, fields, leftOut, ambiguous },
    otherTimes: candidates
      .filter(({ path, usable }) => path !== time.path && usable >= 0.9)
      .slice(0, MOST_TIMES_SHOWN),
    ...(modelVersion === undefined ? {} : { modelVersion }),
    ...(id === undefined ? {} : { id }),
    ...(key === undefined ? {} : { key }),
  };
}

const OWN_ID = 'the id of the event itself';

function chooseTime(
  candidates: readonly TimeCandidate[],
  context: {
    readonly survey: EventSurvey;
    readonly events: readonly SampledEvent[];
    readonly asked: string | undefined;
  },
): TimeCandidate {
  const { survey, events, asked } = context;
  const known = candidates
    .slice(0, MOST_TIMES_SHOWN)
    .map(({ path, shape, usable }) => `${path} (${shape}, ${percent(usable)} of the events)`);
  if (asked !== undefined) {
    const path = formatPath(parsePath(asked));
    const measured = measureEventTime(path, { survey, events });
    if (measured.usable > 0) return measured;
    throw new PlumblineError(
      'PLB_SAMPLE_UNUSABLE',
      `Cannot take ${path} as the event time: none of ${events.length} sampled events has a usable time there`,
      { fix: known.length > 0 ? `times are at ${known.join(', ')}` : NO_TIMES },
    );
  }
  const [best] = candidates.filter(({ certain }) => certain);
  if (best !== undefined) return best;
  const names = survey.paths.slice(0, 20).map(({ path }) => path);
  throw new PlumblineError(
    'PLB_SAMPLE_UNUSABLE',
    `Cannot tell which member holds the event time: ${
      known.length > 0
        ? `perhaps ${known.join(', ')}`
        : `of ${names.join(', ')} none holds a usable time in nine of ten events`
    }`,
    { fix: known.length > 0 ? 'name it with --time PATH' : NO_TIMES },
  );
}

const NO_TIMES =
  'Plumbline needs a member with ISO 8601 text, or a number of seconds to nanoseconds since 1970, not later than the log; name it with --time PATH';

function nothingToWatch(leftOut: readonly LeftOutPath[]): PlumblineError {
  const reasons = leftOut.slice(0, 10).map(({ path, reason }) => `${path} (${reason})`);
  return new PlumblineError(
    'PLB_SAMPLE_UNUSABLE',
    `Cannot propose a monitor: nothing in the events could be watched${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}`,
    { fix: 'write the fields by hand, as docs/configuration.md shows' },
  );
}
