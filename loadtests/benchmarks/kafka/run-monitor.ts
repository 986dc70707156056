import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import type { BenchConfig } from './bench-config.ts';
import { openMonitor } from './open-monitor.ts';
import { type MainThreadProfile, profileMainThread } from './profile-main-thread.ts';
import { measureUsage, type Usage } from './usage.ts';

export interface MonitorInput extends BenchConfig {
  /** Records with events, of which the second half is measured apart. */
  readonly records: number;
  /** Also samples what the main thread does, which costs a few per cent. */
  readonly profiled?: boolean;
}

interface Work {
  windows: number;
  evaluations: number;
  /** Finished and unfinished ones, as they went to the blocks topic. */
  blocks: number;
  blockBytes: number;
  commits: number;
}

export interface Monitored extends Usage, Readonly<Work> {
  /** Events in the published windows: all of them, or the run does not count. */
  readonly events: number;
  readonly panes: number;
  /** Of the panes' counts in the store. */
  readonly paneBytes: number;
  /** By how much the store's files grew. */
  readonly storeBytes: number;
  readonly profile?: MainThreadProfile;
}

/** Runs the whole monitor over a topic whose input is over, until every window is stored. */
export async function runMonitor(input: MonitorInput): Promise<Monitored> {
  const bytesBefore = storedBytes(input.folder);
  const monitor = await openMonitor(input);
  const { lifecycle, store, plans } = monitor;
  const work: Work = { windows: 0, evaluations: 0, blocks: 0, blockBytes: 0, commits: 0 };
  const over = Promise.withResolvers<void>();
  let read = 0;
  const endProfile = input.profiled === true ? await profileMainThread() : undefined;
  const meter = measureUsage();
  lifecycle.observe((event) => {
    note(work, event);
    if (event.type === 'batch_profiled') {
      const before = read;
      read += event.events;
      if (before < input.records / 2 && read >= input.records / 2) meter.half();
    }
    if (event.type === 'stream_condition' && event.condition === 'ended') over.resolve();
  });
  await monitor.start();
  await Promise.race([over.promise, monitor.failed]);
  const usage = meter.end();
  const profile = await endProfile?.();
  const found = { events: 0, panes: 0, paneBytes: 0 };
  for (const { monitor: watched, profile: counted } of plans) {
    for (const { events } of await store.publications(watched)) found.events += events;
    const always = { start: 0, end: Number.MAX_SAFE_INTEGER };
    const panes = await store.panes(counted.id, always);
    found.panes += panes.length;
    for (const { payload } of panes) found.paneBytes += payload.length;
  }
  await monitor.stop();
  const storeBytes = storedBytes(input.folder) - bytesBefore;
  const sampled = profile === undefined ? {} : { profile };
  return { ...usage, ...work, ...found, storeBytes, ...sampled };
}

function note(work: Work, event: LifecycleEvent): void {
  if (event.type === 'block_published') {
    work.blocks++;
    work.blockBytes += event.bytes;
  } else if (event.type === 'window_published' || event.type === 'window_restated') {
    work.windows++;
    for (const count of Object.values(event.verdicts)) work.evaluations += count;
  } else if (event.type === 'commit') work.commits++;
}

function storedBytes(folder: string): number {
  const files = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0);
}
