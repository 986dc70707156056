import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

/** Where Debian, Ubuntu, Fedora, macOS and Google's own packages put a Chromium. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What keeps a headless browser quiet: no GPU, no traffic of its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type ChromiumSearch =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** The browser for tests: `CHROMIUM_PATH`, else the first of the usual places. */
export function findChromium(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ChromiumSearch {
  const named = environment.CHROMIUM_PATH;
  const places = named === undefined || named === '' ? USUAL_PLACES : [named];
  const path = places.find((place) => existsSync(place));
  if (path !== undefined) return { kind: 'found', path };
  return {
    kind: 'missing',
    reason: `No Chromium at ${places.join(', ')}: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH.`,
  };
}

export interface Browser {
  readonly context: BrowserContext;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
}

/** Starts a headless browser with a fresh profile. */
export async function openChromium(path: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'plumbline-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: ARGUMENTS,
    locale: 'en-GB',
    // Not UTC, so that a time shown in the reader's own zone would be noticed.
    timezoneId: 'America/Anchorage',
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
