import type { Profile } from '#libs/profiles/counts.ts';
import type { SegmentLayout } from '#libs/profiles/layout.ts';
import { createProfile } from '#libs/profiles/profile.ts';
import { OTHER_SEGMENT, segmentName } from '#libs/profiles/segment-value.ts';
import type { Baseline, Segmentation, SparsePane } from './baseline.ts';
import { createFieldCounter } from './count-field.ts';
import { firstAtLeast } from './first-at-least.ts';
import type { ProjectedRows } from './project.ts';

export interface ProjectedSegment extends ProjectedRows {
  readonly name: string;
  /** By name of a categorical field: how many categories the segment has once and twice. */
  readonly seen: Readonly<Record<string, { readonly once: number; readonly twice: number }>>;
}

/** The rows of each segment on the cells of segments, the rest last. */
export function projectSegments(
  layout: SegmentLayout,
  from: { readonly baseline: Baseline; readonly segmentation: Segmentation },
): ProjectedSegment[] {
  const { baseline, segmentation } = from;
  const names = [...layout.values.map((values) => segmentName(layout.by, values)), OTHER_SEGMENT];
  const fields = layout.fields.map((cells) => {
    const place = baseline.fields.findIndex(({ spec }) => spec.name === cells.spec.name);
    const field = baseline.fields[place]!;
    return { place, field, counter: createFieldCounter(field, cells) };
  });
  return segmentation.segments.map((segment, i): ProjectedSegment => {
    const count = (begin: number, end: number): Profile => {
      const profile = createProfile(layout);
      for (let part = begin; part < end; part++) profile.events += segment.rows[part]!;
      for (const [at, { place, counter }] of fields.entries()) {
        const parts = segment.fields[place]!;
        for (let part = begin; part < end; part++) {
          counter.addPart(profile.fields[at]!, parts[part]!);
        }
      }
      return profile;
    };
    const timed = baseline.pane !== null;
    const paneStarts = Float64Array.from(
      timed ? segment.panes : [],
      (pane) => baseline.paneStarts[pane]!,
    );
    return {
      name: names[i]!,
      total: count(0, segment.panes.length),
      paneStarts,
      paneRows: timed ? segment.rows : new Float64Array(0),
      seen: Object.fromEntries(
        fields.flatMap(({ place, field }) =>
          field.kind === 'categorical'
            ? [[field.spec.name, seenCounts(segment.fields[place]!, field.values.length)]]
            : [],
        ),
      ),
      between: (begin, end) =>
        count(firstAtLeast(paneStarts, begin), firstAtLeast(paneStarts, end)),
    };
  });
}

function seenCounts(parts: readonly SparsePane[], categories: number) {
  const total = new Uint32Array(categories);
  for (const { index, count } of parts) {
    // Counts beyond 3 need not be told apart.
    for (let i = 0; i < index.length; i++) {
      total[index[i]!] = Math.min(3, total[index[i]!]! + count[i]!);
    }
  }
  let once = 0;
  let twice = 0;
  for (const times of total) {
    if (times === 1) once++;
    else if (times === 2) twice++;
  }
  return { once, twice };
}
