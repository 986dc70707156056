import { formatShare } from '#libs/detectors/format-figure.ts';
import { escapeMarkup } from '../escape-markup.ts';
import { largestShares, type Share } from './largest-shares.ts';

const WIDTH = 360;
const LABEL = 112;
const FIGURE = 44;
const ROW = 30;
const BAR = 10;
/** Characters of a label that fit before its bars. */
const LONGEST_LABEL = 17;

/** Shares of the baseline and of the current rows as pairs of bars, one below the other. */
export function barsSvg(shares: readonly Share[], name: string): string {
  const shown = largestShares(shares);
  const most = shown.reduce((max, { baseline, current }) => Math.max(max, baseline, current), 0);
  const scale = most === 0 ? 0 : (WIDTH - LABEL - FIGURE) / most;
  const height = shown.length * ROW;
  const rows = shown.map(({ label, baseline, current }, i) => {
    const top = i * ROW + 3;
    const bar = (kind: string, share: number, y: number) => {
      const width = round(share * scale);
      return (
        `<rect class="${kind}" x="${LABEL}" y="${y}" width="${width}" height="${BAR}"/>` +
        `<text class="share" x="${round(LABEL + width + 4)}" y="${y + BAR - 1}">${escapeMarkup(formatShare(share))}</text>`
      );
    };
    return (
      `<g><title>${escapeMarkup(`${label}: baseline ${formatShare(baseline)}, current ${formatShare(current)}`)}</title>` +
      `<text class="label" x="${LABEL - 6}" y="${top + BAR + 4}">${escapeMarkup(shorten(label))}</text>` +
      bar('baseline', baseline, top) +
      bar('current', current, top + BAR + 2) +
      '</g>'
    );
  });
  const title = escapeMarkup(`Shares of ${name}: baseline above, current below`);
  return `<svg class="plot bars" role="img" viewBox="0 0 ${WIDTH} ${height}"><title>${title}</title>${rows.join('')}</svg>`;
}

function shorten(label: string): string {
  const characters = [...label];
  return characters.length <= LONGEST_LABEL
    ? label
    : `${characters.slice(0, LONGEST_LABEL - 1).join('')}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
