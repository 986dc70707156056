import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Browser, findChromium, openChromium } from './testing/chromium.ts';
import { type SampleServer, startSampleServer } from './testing/sample-server.ts';

const WEB_ROOT = fileURLToPath(new URL('./dist', import.meta.url));
const DAYS = 45;
const FEBRUARY_20 = '#/flights/delay/2001-02-20T00:00Z';

/** What keeps these tests from running on this machine. */
function obstacle(): string | undefined {
  const found = findChromium();
  if (found.kind === 'missing') return found.reason;
  return existsSync(`${WEB_ROOT}/index.html`)
    ? undefined
    : 'The page is not built: run `npm run build:web` first.';
}

const missing = obstacle();
if (missing !== undefined && process.env.CI === 'true') {
  test('the page in a browser', () => {
    throw new Error(`Cannot test the page: ${missing}`);
  });
} else if (missing !== undefined) {
  // Reporters do not name what was skipped.
  console.warn(`Skipped, the page in a browser: ${missing}`);
  test.skip(`the page in a browser: ${missing}`, () => {});
} else {
  describe('the page in a browser', pageTests);
}

function pageTests(): void {
  let browser: Browser;
  let server: SampleServer;
  let page: Page;
  let complaints: string[];
  let foreign: string[];
  /** Addresses that are not foreign. */
  let own: string[];

  beforeAll(async () => {
    const found = findChromium();
    if (found.kind === 'missing') throw new Error(found.reason);
    browser = await openChromium(found.path);
    server = await startSampleServer({ days: DAYS, webRoot: WEB_ROOT });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    complaints = [];
    foreign = [];
    own = [server.url];
    page = await browser.context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!own.some((url) => request.url().startsWith(url))) foreign.push(request.url());
    });
  });

  afterEach(async () => {
    await page.close();
    expect(foreign).toEqual([]);
  });

  async function open(hash = '#/', size = { width: 1_280, height: 900 }): Promise<void> {
    await page.setViewportSize(size);
    await page.goto(server.url + hash);
    await page.locator('.field-row').first().waitFor({ state: 'attached' });
  }

  /** How many pixels of a canvas have exactly the colour of a theme variable. */
  async function pixelsOf(selector: string, variable: string): Promise<number> {
    return page.evaluate<number>(`(() => {
      const canvas = document.querySelector(${JSON.stringify(selector)});
      const hex = getComputedStyle(document.documentElement).getPropertyValue('--${variable}');
      const [r, g, b] = hex.trim().match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const context = copy.getContext('2d', { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) count++;
      }
      return count;
    })()`);
  }

  test('streams, monitors and fields appear with their states in words', async () => {
    await open();
    const stream = page.getByRole('region', { name: 'Streams' });
    await stream.getByText('Live', { exact: true }).waitFor();
    expect(await stream.textContent()).toContain('18 Mar 2001, 00:00 UTC');
    expect(await stream.textContent()).toContain('malformed 12, without event time 3');
    const monitor = page.getByRole('region', { name: 'Monitor flights' });
    const rows = await monitor.getByRole('link').allTextContents();
    expect(rows).toHaveLength(6);
    for (const [name, kind] of [
      ['delay', 'numeric'],
      ['origin', 'categorical'],
      ['hour', 'circular'],
      ['Volume', 'events'],
    ] as const) {
      const row = rows.find((text) => text.startsWith(name));
      expect(row).toContain(kind);
      expect(row).toMatch(/OK|Warning|Critical/);
    }
    expect(complaints).toEqual([]);
  });

  test('a sample and a backlog are shown where the stream and the monitor are', async () => {
    const busy = await startSampleServer({ days: 3, webRoot: WEB_ROOT });
    try {
      await busy.overload(0.1, { records: 4_200_000, ms: 605_000 });
      own.push(busy.url);
      await page.goto(busy.url);
      const stream = page.getByRole('region', { name: 'Streams' });
      await stream.getByText('only 10% of the keys are counted').waitFor();
      expect(await stream.textContent()).toContain('4,200,000 records, 10 minutes behind');
      const monitor = page.getByRole('region', { name: 'Monitor flights' });
      expect(await monitor.textContent()).toContain('counts 10% of the keys');
    } finally {
      await busy.close();
    }
    expect(complaints.filter((text) => !text.includes('Failed to load'))).toEqual([]);
  });

  test('segments stand folded below their field, and a shift says which of them carry it', async () => {
    const divided = await startSampleServer({ days: 21, webRoot: WEB_ROOT, segments: true });
    try {
      own.push(divided.url);
      await page.goto(divided.url);
      const monitor = page.getByRole('region', { name: 'Monitor flights' });
      const summary = monitor.getByText('delay by segment:');
      await summary.waitFor();
      expect(await monitor.getByRole('link').count()).toBe(6);
      await summary.click();
      const rows = await monitor.getByRole('link', { name: /^delay · / }).allTextContents();
      expect(rows.map((text) => /^delay · (carrier=..|other)/.exec(text)?.[1]).sort()).toEqual([
        ...['carrier=AA', 'carrier=WN', 'other'],
      ]);
      await page.goto(`${divided.url}${FEBRUARY_20}`);
      const table = page.getByRole('region', { name: 'Which segments carry KS' });
      expect(await table.getByRole('row').allTextContents()).toEqual([
        'SegmentCarriesWithinMixShare of all',
        'carrier=WN65%59%7%30%',
        'other30%27%3%20%',
        'carrier=AA5%5%1%40%',
      ]);
      await table.getByRole('link', { name: 'carrier=WN' }).click();
      await page.getByRole('heading', { name: 'delay · carrier=WN of flights' }).waitFor();
      // The segment that is shown is in sight in the list.
      await monitor.getByRole('link', { name: /^delay · carrier=WN/ }).waitFor();
    } finally {
      await divided.close();
    }
    expect(complaints.filter((text) => !text.includes('Failed to load'))).toEqual([]);
  });

  test('drift found lately leads to the window of its field', async () => {
    await open();
    const drift = page.getByRole('region', { name: 'Drift found lately' });
    await drift.getByRole('link').filter({ hasText: 'origin' }).first().click();
    await page.getByRole('heading', { name: 'origin of flights' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/flights/origin/2001-03-14T00:00Z');
    expect(await page.locator('.reason').textContent()).toContain('New: "XNA"');
    await page.getByText('Not in the baseline').waitFor();
    const movers = await page.locator('.share-rows li').allTextContents();
    expect(movers[0]).toContain('ORD');
    expect(complaints).toEqual([]);
  });

  test('a field shows its plots, its reason and its figures', async () => {
    await open(FEBRUARY_20);
    await page.locator('.cumulative canvas').waitFor();
    expect(await page.locator('.reason').textContent()).toMatch(/^KS 0\.38 \(limit 0\.20\)/);
    // Points that are well, the critical limit and points beyond it; the window's curve, the gap.
    await expect.poll(() => pixelsOf('.plot-focus canvas', 'ok')).toBeGreaterThan(200);
    expect(await pixelsOf('.plot-focus canvas', 'critical')).toBeGreaterThan(200);
    expect(await pixelsOf('.cumulative canvas', 'accent')).toBeGreaterThan(200);
    expect(await pixelsOf('.cumulative canvas', 'critical')).toBeGreaterThan(50);
    const detail = page.getByRole('region', { name: 'delay of flights' });
    const text = (await detail.textContent()) ?? '';
    for (const part of [
      'Baseline n465,123',
      'against how much reference windows vary',
      'larger than any of 31 reference windows',
      'The largest gap is 0.38',
      'Median',
      'Revision 1',
    ]) {
      expect(text).toContain(part);
    }
    expect(complaints).toEqual([]);
  });

  test('statistics that do not decide wait until they are asked for', async () => {
    await open(FEBRUARY_20);
    const table = page.getByRole('region', { name: 'All statistics of this window' });
    await table.getByText('2 more, which do not decide').waitFor();
    const shown = await table.getByRole('rowheader').allTextContents();
    expect(shown).toEqual(['KS', 'PSI', 'Missing', 'Out of range']);
    await table.getByText('2 more, which do not decide').click();
    const more = page.getByRole('region', { name: 'Table of more statistics' });
    expect(await more.getByRole('rowheader').allTextContents()).toEqual([
      'Wasserstein',
      'Mann–Whitney',
    ]);
    expect(await more.textContent()).toMatch(/\d+(\.\d+)? \(0\.\d\d sd\)/);
    expect(await more.textContent()).toMatch(/0\.\d\d \(AUC 0\.\d\d\)/);
    await page.getByRole('combobox').selectOption('mann_whitney');
    await page.getByRole('slider', { name: /^Window of Mann–Whitney/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('the kinds of fields have plots of their own', async () => {
    await open('#/flights/hour');
    await page.locator('.share-columns li').first().waitFor();
    expect(await page.locator('.share-columns li').count()).toBe(24);
    await page.goto(`${server.url}#/flights/~stream`);
    await page.getByRole('heading', { name: 'Volume of flights' }).waitFor();
    await expect.poll(() => pixelsOf('.plot-focus canvas', 'ok')).toBeGreaterThan(200);
    expect(complaints).toEqual([]);
  });

  test('the keyboard reaches a field and walks through its windows', async () => {
    await open();
    const row = page.getByRole('link', { name: /^delay/ });
    await row.waitFor();
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>('document.activeElement.textContent');
      if (focused.startsWith('delay')) break;
    }
    await page.keyboard.press('Enter');
    const slider = page.getByRole('slider');
    await slider.waitFor();
    expect(new URL(page.url()).hash).toBe('#/flights/delay');
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByText('Thu 1 Feb 2001', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Fri 2 Feb 2001', { exact: true }).waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toMatch(
      /^Fri 2 Feb 2001: KS .+, field OK$/,
    );
    expect(new URL(page.url()).hash).toBe('#/flights/delay/2001-02-02T00:00Z');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('End');
    await expect.poll(() => new URL(page.url()).hash).toBe('#/flights/delay');
  });

  test('a click on the plot selects the window under it', async () => {
    await open('#/flights/delay');
    const plot = page.locator('.plot-focus .u-over');
    const box = await plot.boundingBox();
    if (box === null) throw new Error('The plot has no box.');
    await plot.click({ position: { x: 3, y: box.height / 2 } });
    await page.getByText('Thu 1 Feb 2001', { exact: true }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/flights/delay/2001-02-01T00:00Z');
  });

  test('a new publication, a restatement and a stall appear without a reload', async () => {
    await open('#/flights/delay');
    await page.getByText('Live updates on').waitFor();
    await page.evaluate('window.notReloaded = true');
    await server.publish(DAYS);
    await page.locator('.window-picker').getByText('Sun 18 Mar 2001').waitFor();
    await server.publish(DAYS, 2);
    await page.locator('.provenance').getByText('Revision 2').waitFor();
    await server.setCondition('stalled', 'No event for 7 minutes.');
    await page.getByRole('region', { name: 'Streams' }).getByText('Stalled').waitFor();
    const live = page.locator('[aria-live=polite]');
    await expect.poll(() => live.textContent()).toContain('Stream departures is stalled');
    await server.setCondition('live', 'Events arrive as usual.');
    await page.getByRole('region', { name: 'Streams' }).getByText('Live').waitFor();
    server.pass(6 * 60_000);
    await server.publish(DAYS, 3);
    await page.getByRole('region', { name: 'Streams' }).getByText('Not watched').waitFor();
    await page.getByText(/^No evaluator has reported for 6m\./).waitFor();
    await server.setCondition('live', 'Events arrive as usual.');
    expect(await page.evaluate('window.notReloaded')).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('trouble behind the server is told while there is any', async () => {
    await open();
    const notice = page.getByRole('alert');
    server.setTrouble('no broker answers.');
    await server.setCondition('live', 'Events arrive as usual.');
    await notice.getByText('transport: no broker answers.').waitFor();
    server.setTrouble(null);
    await server.setCondition('live', 'Events arrive as usual.');
    await notice.waitFor({ state: 'detached' });
    for (const text of complaints) expect(text).toContain('503');
  });

  test('at phone width nothing is wider than the screen, and one view is shown at a time', async () => {
    const phone = { width: 390, height: 844 };
    for (const hash of [
      '#/',
      FEBRUARY_20,
      '#/flights/origin',
      '#/flights/hour',
      '#/flights/~stream',
    ]) {
      await open(hash, phone);
      await page
        .locator(hash === '#/' ? '.drift-row' : '.block')
        .first()
        .waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width);
    }
    expect(await page.locator('.overview').isVisible()).toBe(false);
    await page.locator('.drift-row').last().click();
    await page.getByRole('heading', { name: 'delay of flights' }).waitFor();
    await expect.poll(() => page.evaluate<number>('scrollY')).toBeLessThan(200);
    expect(await page.evaluate('document.activeElement.id')).toBe('detail-heading');
    await page.getByRole('link', { name: 'All fields' }).click();
    await page.locator('.overview').waitFor({ state: 'visible' });
  });

  test('addresses that name nothing say so in words', async () => {
    await open('#/nothing/here');
    await page.getByText('No such monitor').waitFor();
    await page.goto(`${server.url}#/flights/delay/1999-01-01T00:00Z`);
    await page.getByText('No such window').waitFor();
  });

  test('a lost connection is shown, and mended when the server is back', async () => {
    const first = await startSampleServer({ days: 0, webRoot: WEB_ROOT });
    await page.goto(first.url);
    foreign = [];
    await page.getByText('waits for the first one to close').waitFor();
    await page.getByText('Live updates on').waitFor();
    await first.close();
    await page.getByText('Connection lost, retrying').waitFor();
    const second = await startSampleServer({ days: 3, webRoot: WEB_ROOT, port: first.port });
    await page.getByText('Live updates on').waitFor();
    await page.getByRole('link', { name: /^delay/ }).waitFor();
    await second.close();
    foreign = [];
  });
}
