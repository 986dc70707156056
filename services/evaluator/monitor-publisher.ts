import { createJudge, type Judge } from '#libs/detectors/create-judge.ts';
import type { Assessment, Verdict } from '#libs/detectors/evaluation.ts';
import { formatShare } from '#libs/detectors/format-figure.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import type { Sampling } from '#libs/profiles/sampler.ts';
import type { Publication, PublicationRecord, Store } from '#libs/store/port.ts';
import type { WatermarkReading } from '#libs/windows/watermark.ts';
import { type DueWindow, WindowSchedule } from '#libs/windows/window-schedule.ts';
import { SeriesBook } from './series-book.ts';

/** Publishes the windows of one monitor over one profile. */
export class MonitorPublisher {
  readonly plan: MonitorPlan;
  readonly #judge: Judge;
  readonly #schedule: WindowSchedule;
  readonly #configRevision: number;
  /** `null` where no detector watches the series of windows. */
  readonly #series: SeriesBook | null;

  constructor(options: {
    readonly plan: MonitorPlan;
    readonly published: readonly PublicationRecord[];
    readonly store: Pick<Store, 'evaluations'>;
    readonly configRevision: number;
  }) {
    const { plan, published } = options;
    const { monitor, profile, reference, rules } = plan;
    const { windowMs, hopMs, latenessMs } = monitor;
    const { sampling } = profile.reading;
    this.plan = plan;
    this.#configRevision = options.configRevision;
    this.#judge = createJudge({
      ...{ layout: profile.layout, reference, rules, windowMs, hopMs },
      ...(sampling === undefined ? {} : { samplingShare: sampling.share }),
    });
    this.#series = plan.series.length === 0 ? null : new SeriesBook(plan, options.store);
    this.#schedule = new WindowSchedule(
      { windowMs, hopMs, latenessMs, paneMs: profile.paneMs, series: this.#series !== null },
      published
        // Windows of another length belong to an earlier configuration.
        .filter(({ window }) => window.end - window.start === windowMs)
        .map(({ window, revision, events, complete = true, series }) => [
          window.start,
          { revision, events, complete, ...(series && { series }) },
        ]),
    );
  }

  touch(pane: number): void {
    this.#schedule.touch(pane);
  }

  due(panes: ReadonlyMap<number, number>, watermark: number): DueWindow[] {
    return this.#schedule.due(panes, watermark);
  }

  confirm(window: DueWindow): void {
    this.#schedule.confirm(window);
  }

  /** Reads what the publication of a window depends on besides its counts. */
  async prepare({ start }: DueWindow): Promise<void> {
    await this.#series?.prepare(start);
  }

  /** Judges the counts of a window that is prepared. Windows have to come in their order. */
  publication(
    { start, end, revision, events, complete, series }: DueWindow,
    context: {
      readonly profile: Profile;
      readonly offsets: Readonly<Record<string, number>>;
      readonly watermark: WatermarkReading;
      readonly missing: readonly string[];
      readonly now: number;
    },
  ): Publication {
    const { monitor, record, profile, expiry } = this.plan;
    const { sampling } = profile.reading;
    const missing = [
      ...context.missing,
      ...(sampling === undefined ? [] : [samplingWarning(sampling)]),
      ...(expiry === null || end <= expiry.at ? [] : [expiry.warning]),
    ];
    const range = { start, end };
    const alone = this.#judge.judge({ profile: context.profile, range, complete });
    const assessments = this.#series?.judge({ start, complete }, alone) ?? alone;
    return {
      namespace: monitor.namespace,
      monitor: monitor.name,
      window: range,
      revision,
      events,
      publishedAt: context.now,
      provenance: {
        profile_id: profile.id,
        baseline: { name: record.name, version: record.version, hash: record.hash },
        offsets: context.offsets,
        excused: context.watermark.excused,
        config_revision: this.#configRevision,
        complete,
        ...(sampling === undefined ? {} : { sampling: { share: sampling.share } }),
        ...(series === undefined ? {} : { series }),
      },
      assessments:
        missing.length === 0
          ? assessments
          : assessments.map((assessment) => ({
              ...assessment,
              warnings: [...assessment.warnings, ...missing],
            })),
    };
  }
}

function samplingWarning({ share }: Sampling): string {
  return `Sampled: only ${formatShare(share)} of the keys are counted, and n and m are of those.`;
}

/** How many fields got which verdict. */
export function countVerdicts(
  assessments: readonly Assessment[],
): Readonly<Partial<Record<Verdict, number>>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of assessments) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
