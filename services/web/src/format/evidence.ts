import type { EvidenceKind } from '#libs/detectors/evaluation.ts';

const EVIDENCE: Readonly<Record<EvidenceKind, string>> = {
  iid: 'events taken as independent',
  reference_windows: 'against how much reference windows vary',
  reference_panes: 'against how much reference panes vary',
};

/** How p-values were made, in words. */
export function formatEvidence(evidence: EvidenceKind | undefined): string {
  return evidence === undefined ? 'not applicable' : EVIDENCE[evidence];
}

/** The rank among reference windows in words. */
export function formatRank(rank: { readonly above: number; readonly of: number }): string {
  if (rank.above === rank.of) return `larger than any of ${rank.of} reference windows`;
  if (rank.above === 0) return `not larger than any of ${rank.of} reference windows`;
  return `larger than ${rank.above} of ${rank.of} reference windows`;
}
