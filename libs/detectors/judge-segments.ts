import type { Profile } from '#libs/profiles/counts.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import { attributeStatistic } from './attribution.ts';
import type { JudgeOptions } from './create-judge.ts';
import { createSubject, type SubjectRules } from './create-subject.ts';
import type { AttributionPart, DistributionDetail } from './evaluation.ts';
import { fieldBaseline } from './field-baseline.ts';
import type { FieldDraft } from './field-draft.ts';
import type { FieldStatistic } from './rules.ts';

/** The fields of one segment of one window. */
export interface DraftedSegment {
  readonly segment: string;
  readonly warning: string | null;
  readonly drafts: readonly FieldDraft[];
}

/** The segments of a monitor. */
export interface JudgedSegments {
  draft(window: Profile, ksCriticalValues: Map<string, number>): readonly DraftedSegment[];
  /** Divides a statistic of a field of the whole; `undefined` for a field that segments lack. */
  attribute(
    name: FieldStatistic,
    of: { readonly draft: FieldDraft; readonly parts: readonly DraftedSegment[] },
  ): readonly AttributionPart[] | undefined;
  /** How many events each segment had of all. */
  volumes(window: Profile): DistributionDetail;
}

/** `null` where the layout has no segments. */
export function createSegments(
  { layout, reference }: Pick<JudgeOptions, 'layout' | 'reference'>,
  subjectRules: SubjectRules,
): JudgedSegments | null {
  const cells = layout.segments;
  if (cells === undefined || reference.segments === undefined) return null;
  const { each, minRows } = reference.segments;
  const { rules } = subjectRules;
  const subjects = each.map((rows) => ({
    segment: rows.name,
    events: rows.total.events,
    subject: createSubject(rows, { cells, ...subjectRules, minBaseline: minRows }),
  }));
  const together = createProfile(cells);
  for (const { total } of each) mergeProfile(together, total);
  const fields = cells.fields.map((field, i) =>
    fieldBaseline(field, {
      ...{ counts: together.fields[i]!, events: together.events, errorBound: null, seen: null },
      rules: rules.fields.find((own) => own.field === field.spec.name)!,
    }),
  );
  const empty = createProfile(cells);
  const ofWindow =
    ({ segments }: Profile) =>
    (_: unknown, i: number): Profile =>
      segments?.profiles[i] ?? empty;
  return {
    draft(window, ksCriticalValues) {
      const profiles = subjects.map(ofWindow(window));
      return subjects.map(({ segment, subject }, i) => ({
        ...{ segment, warning: subject.warning },
        drafts: subject.draft(profiles[i]!, ksCriticalValues),
      }));
    },
    attribute(name, { draft, parts }) {
      const at = fields.findIndex(
        ({ layout: { spec } }) => spec.name === draft.field.layout.spec.name,
      );
      const field = fields[at];
      if (field === undefined) return undefined;
      return attributeStatistic(name, {
        ...{ field, rules },
        segments: parts.map(({ segment, drafts }) => {
          const own = drafts[at]!;
          return {
            segment,
            ...{ baseline: own.field.counts, baselineEvents: own.field.events },
            ...{ window: own.window, windowEvents: own.events },
          };
        }),
      });
    },
    volumes(window) {
      const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
      const profiles = subjects.map(ofWindow(window));
      return {
        bins: subjects.map(({ segment, events }, i) => ({
          label: segment,
          baseline: share(events, reference.total.events),
          window: share(profiles[i]!.events, window.events),
        })),
      };
    },
  };
}
