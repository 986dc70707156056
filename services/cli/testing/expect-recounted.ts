import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { loadConfigFile } from '#libs/config/load-config-file.ts';
import { planMonitors } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';
import type { Transport } from '#libs/transport/port.ts';
import { expectExactWindows } from '../exactness/expect-exact-windows.ts';
import { expectSamePanes, readCountedPanes } from '../exactness/read-counted-panes.ts';
import { readTopic, recount } from '../exactness/recount.ts';

/** Every cell of every pane, and every window, is what plain code makes of the topic. */
export async function expectRecounted(
  config: string,
  { store, transport }: { readonly store: Store; readonly transport: Transport },
): Promise<void> {
  const loaded = await loadConfigFile(config);
  const plans = await planMonitors(loaded.config, store);
  const [baseline] = loaded.config.baselines;
  const baselineRows = readFileSync(baseline!.file, 'utf8').trimEnd().split('\n');
  for (const { profile, stream } of new Map(
    plans.map((plan) => [plan.profile.id, plan]),
  ).values()) {
    const own = plans.filter((plan) => plan.profile.id === profile.id);
    const layout = profile.layout.fields;
    const log = await readTopic(transport, stream.topics[0]!);
    const counted = recount(log.flat(), { layout, paneMs: profile.paneMs });
    const stored = await readCountedPanes(store, profile);
    expect(stored.tallies).toEqual(Object.fromEntries(counted.tallies));
    expectSamePanes(stored, { counted, layout });
    await expectExactWindows(store, { plans: own, counted, baselineRows });
  }
}
