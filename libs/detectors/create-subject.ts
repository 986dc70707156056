import type { Profile } from '#libs/profiles/counts.ts';
import type { CellLayout } from '#libs/profiles/layout.ts';
import type { TimeRange } from './evaluation.ts';
import { type FieldBaseline, fieldBaseline, type SeenCounts } from './field-baseline.ts';
import { draftField, type FieldDraft } from './field-draft.ts';
import type { LimitQuantiles } from './limit-quantiles.ts';
import { referenceJudgement } from './reference-judgement.ts';
import type { ReferencePane } from './reference-windows.ts';
import type { MonitorRules } from './rules.ts';

/** Rows of the baseline as counts on the cells that they are compared on. */
export interface ReferenceRows {
  readonly total: Profile;
  /** Ascending by start; empty without event times. An absent pane held no events. */
  readonly panes: readonly ReferencePane[];
  /** By field: largest error of ks on a reduced grid. Absent: taken from the open cells. */
  readonly errorBounds?: Readonly<Record<string, number>>;
  /** By field: categories seen once and twice. Needed only where categories were folded. */
  readonly seen?: Readonly<Record<string, SeenCounts>>;
}

/** How windows lie in the time of the baseline. */
export interface SubjectTimes {
  readonly paneMs: number | null;
  readonly timeRange: TimeRange | null;
  readonly windowMs: number;
  readonly hopMs: number;
}

/** What all subjects of a monitor are judged by. */
export interface SubjectRules {
  readonly rules: MonitorRules;
  readonly times: SubjectTimes;
  readonly quantiles: LimitQuantiles;
}

/** What is compared field by field: all events, or those of one segment. */
export interface Subject {
  readonly fields: readonly FieldBaseline[];
  /** Why events are taken as independent although that was not asked for; else `null`. */
  readonly warning: string | null;
  /** The statistics of a window's counts, one draft a field. */
  draft(window: Profile, ksCriticalValues: Map<string, number>): FieldDraft[];
}

/** All of a subject that does not depend on a window; `rules` name at least its fields. */
export function createSubject(
  rows: ReferenceRows,
  options: SubjectRules & {
    readonly cells: Pick<CellLayout, 'fields'>;
    readonly minBaseline?: number;
  },
): Subject {
  const { cells, rules, times, quantiles, minBaseline = 0 } = options;
  const { total: whole, panes, errorBounds, seen } = rows;
  const layout = { fields: cells.fields };
  const fields = layout.fields.map((field, i) => {
    const { name } = field.spec;
    return fieldBaseline(field, {
      counts: whole.fields[i]!,
      events: whole.events,
      rules: rules.fields.find((own) => own.field === name)!,
      errorBound: errorBounds?.[name] ?? null,
      seen: seen?.[name] ?? null,
    });
  });
  const judgement = referenceJudgement({ layout, fields, whole, panes, rules, ...times });
  return {
    fields,
    warning: judgement.warning,
    draft: (window, ksCriticalValues) =>
      fields.map((field, i) =>
        draftField({
          ...{ field, rules, minBaseline, ksCriticalValues, quantiles },
          window: window.fields[i]!,
          events: window.events,
          evidence: judgement.fields[i]!,
        }),
      ),
  };
}
