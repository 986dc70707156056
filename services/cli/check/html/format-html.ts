import type { ComparedFigure, FieldComparison } from '#libs/comparison/comparison.ts';
import { formatCount, formatShare, formatStatistic } from '#libs/detectors/format-figure.ts';
import { countVerdicts } from '../count-verdicts.ts';
import { isRate } from '../deciding-figure.ts';
import { describeChange } from '../describe-change.ts';
import { describeFigure, formatP } from '../describe-figure.ts';
import { escapeMarkup } from '../escape-markup.ts';
import { orderFields } from '../order-fields.ts';
import type { CheckReport } from '../report.ts';
import { VERDICT_WORDS } from '../verdict-word.ts';
import { barsSvg } from './bars-svg.ts';
import { cumulativeSvg } from './cumulative-svg.ts';
import { STYLE } from './style.ts';

/** Fields that are shown with plots, the worst ones; more would make a page that no browser likes. */
const MOST_PLOTTED = 200;

/** The outcome as one page that needs nothing else: no script, no other file, light and dark. */
export function formatHtml({ comparison, baseline, current }: CheckReport): string {
  const { verdict, volume, notes } = comparison;
  const fields = orderFields(comparison);
  const plotted = fields.slice(0, MOST_PLOTTED);
  const remarks = [
    ...(volume === undefined ? [] : [`Rows: ${volume.reason}`]),
    ...notes,
    ...(fields.length > plotted.length
      ? [
          `Plots of the ${MOST_PLOTTED} worst fields; the table has all ${formatCount(fields.length)}.`,
        ]
      : []),
  ];
  const title = `${VERDICT_WORDS[verdict]}: ${current} against ${baseline}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="verdict ${verdict}">${VERDICT_WORDS[verdict]}</p>
<h1>${escapeMarkup(current)} against ${escapeMarkup(baseline)}</h1>
<p>${escapeMarkup(countVerdicts(comparison))}. <span class="soft">${formatCount(comparison.current.rows)} current rows, ${formatCount(comparison.baseline.rows)} of the baseline.</span></p>
<p class="soft"><span class="key baseline"></span>baseline <span class="key current"></span>current</p>
${remarks.map((note) => `<p class="soft">${escapeMarkup(note)}</p>`).join('\n')}
</header>
<main>
${tableOf(fields, plotted.length)}
${plotted.map(([name, field], i) => sectionOf(name, { field, id: `field-${i}` })).join('\n')}
</main>
</body>
</html>
`;
}

function tableOf(fields: readonly (readonly [string, FieldComparison])[], plotted: number): string {
  const rows = fields.map(([name, field], i) => {
    const text = escapeMarkup(name);
    const link = i < plotted ? `<a href="#field-${i}">${text}</a>` : text;
    return `<tr><td>${badge(field)}</td><td>${link}</td><td class="soft">${field.type}</td><td class="figure">${escapeMarkup(describeFigure(field))}</td><td class="number" data-label="n">${formatCount(field.n)}</td><td class="number" data-label="m">${formatCount(field.m)}</td><td class="change">${escapeMarkup(describeChange(field))}</td></tr>`;
  });
  return `<table class="fields"><thead><tr><th scope="col">Verdict</th><th scope="col">Field</th><th scope="col">Type</th><th scope="col">What decides</th><th scope="col" class="number">n</th><th scope="col" class="number">m</th><th scope="col">Change</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`;
}

function badge({ verdict }: Pick<FieldComparison, 'verdict'>): string {
  return `<span class="verdict ${verdict}">${VERDICT_WORDS[verdict]}</span>`;
}

function sectionOf(
  name: string,
  { field, id }: { readonly field: FieldComparison; readonly id: string },
): string {
  const { detail, bins, missing, reason, warnings } = field;
  const shares = detail === undefined || detail.shares.length === 0 ? bins : detail.shares;
  const plots = [
    ...(shares.length === 0 ? [] : [barsSvg(shares, name)]),
    ...(detail?.cumulative === undefined || detail.gap === undefined
      ? []
      : [cumulativeSvg({ cumulative: detail.cumulative, gap: detail.gap }, name)]),
  ];
  return `<section id="${id}">
<h2>${badge(field)} ${escapeMarkup(name)} <span class="soft">${field.type}</span></h2>
<p>${escapeMarkup(reason)}</p>
<p class="soft">${formatCount(field.n)} usable values before, ${formatCount(field.m)} now; missing ${formatShare(missing.baseline)} before, ${formatShare(missing.current)} now.</p>
${warnings.map((warning) => `<p class="soft">${escapeMarkup(warning)}</p>`).join('\n')}
<div class="plots">${plots.join('\n')}</div>
${statisticsOf(field)}
</section>`;
}

function statisticsOf({ statistics }: FieldComparison): string {
  const entries = Object.entries(statistics);
  if (entries.length === 0) return '';
  const rows = entries.map(([name, figure]) => {
    const { p_adjusted: adjusted, p_value: p, threshold, verdict } = figure;
    const limits = [threshold?.warning, threshold?.critical]
      .filter((limit) => limit !== undefined)
      .map((limit) => shown(name, limit));
    const shownP = adjusted ?? p;
    return `<tr><td>${escapeMarkup(name)}</td><td class="number">${valueText(name, figure)}</td><td class="number">${shownP === undefined ? '' : escapeMarkup(formatP(shownP))}</td><td class="number">${limits.join(' / ')}</td><td>${verdict === undefined ? '<span class="soft">shown only</span>' : badge({ verdict })}</td></tr>`;
  });
  return `<details><summary>All statistics</summary><div class="scroll"><table><thead><tr><th scope="col">Statistic</th><th scope="col" class="number">Value</th><th scope="col" class="number">p</th><th scope="col" class="number">Limits</th><th scope="col">Verdict</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function valueText(
  name: string,
  { statistic, baseline, current, error_bound: bound }: ComparedFigure,
) {
  if (isRate(name) && baseline !== undefined && current !== undefined) {
    return escapeMarkup(`${formatShare(baseline)} → ${formatShare(current)}`);
  }
  const within = bound === undefined || bound === 0 ? '' : ` ± ${formatStatistic(bound)}`;
  return escapeMarkup(`${shown(name, statistic)}${within}`);
}

/** Statistics may be negative (a mean shift); the formatting of figures is for sizes. */
function shown(name: string, value: number): string {
  if (isRate(name)) return formatShare(value);
  return value < 0 ? `−${formatStatistic(-value)}` : formatStatistic(value);
}
