import { describe, expect, test } from 'vitest';
import { sampleField, sampleFields, sampleReport } from '../report-fixture.ts';
import { barsSvg } from './bars-svg.ts';
import { centralRange, cumulativeSvg } from './cumulative-svg.ts';
import { formatHtml } from './format-html.ts';
import { largestShares } from './largest-shares.ts';
import { niceTicks } from './nice-ticks.ts';

describe('the page', () => {
  const page = formatHtml(sampleReport());

  test('needs nothing else, and no script', () => {
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:|@import|url\(/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('width=device-width');
    expect(page).toContain('prefers-color-scheme:dark');
  });

  test('lists the fields, the worst first, each with its reason and its plots', () => {
    const order = [...page.matchAll(/<h2>.*?<\/span> (\w+) /g)].map(([, name]) => name);
    expect(order).toEqual(['amount', 'country', 'tenure']);
    expect(page).toContain('1 critical, 1 ok, 1 undecided');
    expect(page).toContain('KS 0.27 (limit 0.20), n = 41,802; noise would not exceed 0.02.');
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page.match(/<svg[^>]*role="img"[^>]*><title>/g)).toHaveLength(2);
    expect(page).toContain('p&lt;1e-9');
  });

  test('shows names and values of the data as text', () => {
    const evil = '<script>alert("1")</script>';
    const { amount } = sampleFields();
    const detail = { ...amount!.detail!, shares: [{ label: evil, baseline: 1, current: 0 }] };
    const fields = { [evil]: { ...amount!, detail, reason: evil, warnings: [evil] } };
    const text = formatHtml({ ...sampleReport({ notes: [evil] }, fields), current: evil });
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;');
  });

  test('of thousands of fields has plots of the worst ones only', () => {
    const fields = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`f${i}`, sampleField()]),
    );
    const text = formatHtml(sampleReport({}, fields));
    expect(text.match(/<section/g)).toHaveLength(200);
    expect(text.match(/<tr><td>/g)!.length).toBeGreaterThanOrEqual(3000);
    expect(text).toContain('Plots of the 200 worst fields; the table has all 3,000.');
  });
});

describe('the plots', () => {
  const widths = (svg: string, kind: string) =>
    [...svg.matchAll(new RegExp(`<rect class="${kind}"[^>]* width="([\\d.]+)"`, 'g'))].map(
      ([, width]) => Number(width),
    );

  test('have bars as long as the shares', () => {
    const svg = barsSvg(
      [
        { label: 'a', baseline: 0.8, current: 0.2 },
        { label: 'b', baseline: 0.2, current: 0 },
      ],
      'x',
    );
    const [long, short] = widths(svg, 'baseline');
    expect(long! / short!).toBeCloseTo(4, 1);
    expect(widths(svg, 'current')).toEqual([short, 0]);
    expect(svg).toContain('<title>a: baseline 80%, current 20%</title>');
  });

  test('keep the largest bins and the sum of the others', () => {
    const shares = Array.from({ length: 50 }, (_, i) => ({
      label: `${i}`,
      baseline: i === 30 ? 0.51 : 0.01,
      current: 0.02,
    }));
    const shown = largestShares(shares);
    expect(shown).toHaveLength(20);
    expect(shown.map(({ label }) => label)).toContain('30');
    expect(shown.at(-1)!.label).toBe('31 others');
    expect(shown.reduce((sum, { baseline }) => sum + baseline, 0)).toBeCloseTo(1, 12);
    expect(shown.reduce((sum, { current }) => sum + current, 0)).toBeCloseTo(1, 12);
  });

  test('mark the gap between the curves where it is', () => {
    const { cumulative, gap } = sampleFields().amount!.detail!;
    const svg = cumulativeSvg({ cumulative: cumulative!, gap: gap! }, 'amount');
    const line = /<line class="gap" x1="([\d.]+)" x2="([\d.]+)" y1="([\d.]+)" y2="([\d.]+)"/.exec(
      svg,
    )!;
    const [x1, x2, y1, y2] = line.slice(1).map(Number);
    expect(x1).toBe(x2);
    // The same points lie on the curves.
    const points = (kind: string) =>
      new RegExp(`<polyline class="${kind}" points="([^"]*)"`).exec(svg)![1]!.split(' ');
    expect(points('baseline')).toContain(`${x1},${y1}`);
    expect(points('current')).toContain(`${x2},${y2}`);
    expect(svg).toContain('KS 0.27 at 50');
    expect(svg).toContain('Up to 50: baseline 60%, current 33%.');
  });

  test('leave a long tail out, but not the gap', () => {
    const curves = {
      x: [0, 1, 2, 1000],
      baseline: [0.001, 0.5, 0.999, 1],
      current: [0.001, 0.4, 0.998, 1],
    };
    expect(centralRange(curves, { x: 1, baseline: 0.5, current: 0.4 })).toEqual([0, 2]);
    expect(centralRange(curves, { x: 1000, baseline: 1, current: 1 })).toEqual([0, 1000]);
  });

  test('stay finite for one value, huge and tiny ones', () => {
    for (const x of [[3], [-1e308, 1e308], [5e-324, 1e-323]]) {
      const shares = x.map((_, i) => (i + 1) / x.length);
      const svg = cumulativeSvg(
        {
          cumulative: { x, baseline: shares, current: shares },
          gap: { x: x[0]!, baseline: shares[0]!, current: shares[0]! },
        },
        'x',
      );
      expect(svg).not.toMatch(/NaN|Infinity/);
    }
  });

  test.each([
    [0, 10, [0, 5, 10]],
    [0.1, 0.35, [0.1, 0.2, 0.3]],
    [-7, 3, [-5, 0]],
    [4, 4, [4]],
  ])('have round ticks from %d to %d', (low, high, ticks) => {
    expect(niceTicks(low, high, 3)).toEqual(ticks);
  });
});
