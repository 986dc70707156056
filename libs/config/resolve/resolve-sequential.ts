import type { SequentialConfig } from '../resolved.ts';
import {
  AdwinSchema,
  CusumSchema,
  type DetectorDocument,
  EwmaSchema,
  PageHinkleySchema,
  type SequentialDocument,
} from '../schemas/sequential.ts';
import { setting } from './setting.ts';

/** Detectors by field and statistic, as a list. */
export function resolveSequential(document: SequentialDocument = {}): readonly SequentialConfig[] {
  return Object.entries(document).flatMap(([field, statistics]) =>
    Object.entries(statistics).map(([statistic, detector]) => ({
      field,
      statistic: statistic as SequentialConfig['statistic'],
      detector: detector.detector,
      options: optionsOf(detector),
      verdict: setting(PageHinkleySchema, { document: detector, key: 'verdict' }),
    })),
  );
}

function optionsOf(document: DetectorDocument): Readonly<Record<string, number>> {
  switch (document.detector) {
    case 'page_hinkley':
      return {
        delta: document.delta,
        lambda: document.lambda,
        alpha: setting(PageHinkleySchema, { document, key: 'alpha' }),
        minInstances: setting(PageHinkleySchema, { document, key: 'min_instances' }),
      };
    case 'cusum':
      return {
        mean: document.mean,
        sd: document.sd,
        k: setting(CusumSchema, { document, key: 'allowance' }),
        h: setting(CusumSchema, { document, key: 'decision_interval' }),
      };
    case 'ewma':
      return {
        mean: document.mean,
        sd: document.sd,
        lambda: setting(EwmaSchema, { document, key: 'lambda' }),
        width: setting(EwmaSchema, { document, key: 'width' }),
      };
    case 'adwin':
      return {
        delta: setting(AdwinSchema, { document, key: 'delta' }),
        minWindow: setting(AdwinSchema, { document, key: 'min_window' }),
        // Figures are few: each of them is worth a look.
        clock: 1,
      };
  }
}
