import type { FieldComparison } from '#libs/comparison/comparison.ts';
import { describeChange } from './describe-change.ts';
import { describeFigure } from './describe-figure.ts';
import { drifts } from './drifts.ts';
import { escapeMarkup } from './escape-markup.ts';
import { orderFields } from './order-fields.ts';
import type { CheckReport, DriftLevel } from './report.ts';

interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly code: string;
  readonly message: string;
  readonly text: string;
}

/**
 * The outcome in the XML that build servers read (JUnit): a test case a field, failed where it
 * drifted at or above the level that fails the check, skipped where it could not be decided.
 */
export function formatJunit(report: CheckReport): string {
  const { comparison, baseline, current, failOn } = report;
  const cases = orderFields(comparison).map(([name, field]) => caseOf(name, { field, failOn }));
  const { volume } = comparison;
  if (volume !== undefined) {
    const { verdict, reason, reason_code: code } = volume;
    const outcome = outcomeOf(verdict, failOn);
    cases.push({ name: '(rows)', outcome, code, message: reason, text: reason });
  }
  const count = (outcome: Case['outcome']) =>
    cases.filter((entry) => entry.outcome === outcome).length;
  const totals = `tests="${cases.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`;
  const suite = escapeMarkup(`${current} against ${baseline}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="plumbline check" ${totals}>`,
    `  <testsuite name="${suite}" ${totals}>`,
    ...cases.map(formatCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(
  name: string,
  { field, failOn }: { readonly field: FieldComparison; readonly failOn: DriftLevel },
): Case {
  const { verdict, reason, reason_code: code } = field;
  const change = describeChange(field);
  return {
    name,
    outcome: outcomeOf(verdict, failOn),
    code,
    message: reason,
    text: `${describeFigure(field)}, n ${field.n}, m ${field.m}${change === '' ? '' : `, ${change}`}`,
  };
}

function outcomeOf(verdict: FieldComparison['verdict'], failOn: DriftLevel): Case['outcome'] {
  if (drifts(verdict, failOn)) return 'failed';
  return verdict === 'insufficient_data' || verdict === 'no_baseline' ? 'skipped' : 'passed';
}

function formatCase({ name, outcome, code, message, text }: Case): string {
  const opening = `    <testcase classname="plumbline.check" name="${escapeMarkup(name)}">`;
  const content = {
    passed: `<system-out>${escapeMarkup(message)}</system-out>`,
    failed: `<failure type="${escapeMarkup(code)}" message="${escapeMarkup(message)}">${escapeMarkup(text)}</failure>`,
    skipped: `<skipped message="${escapeMarkup(message)}"/>`,
  };
  return `${opening}${content[outcome]}</testcase>`;
}
