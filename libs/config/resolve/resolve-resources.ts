import type { ResolvedResources } from '../resolved.ts';
import type { ConfigDocument } from '../schemas/document.ts';
import { resolveBaseline } from './resolve-baseline.ts';
import { resolveChannel } from './resolve-channel.ts';
import { resolveMonitor } from './resolve-monitor.ts';
import { resolveStream } from './resolve-stream.ts';

/** The resources of a checked document, with every default filled in. */
export function resolveResources(document: ConfigDocument, namespace: string): ResolvedResources {
  const { streams = {}, baselines = {}, monitors = {}, channels = {} } = document;
  return {
    streams: Object.entries(streams).map(([name, value]) =>
      resolveStream({ namespace, name }, value),
    ),
    baselines: Object.entries(baselines).map(([name, value]) =>
      resolveBaseline({ namespace, name }, value),
    ),
    monitors: Object.entries(monitors).map(([name, value]) =>
      resolveMonitor({ namespace, name }, value),
    ),
    channels: Object.entries(channels).map(([name, value]) =>
      resolveChannel({ namespace, name }, value),
    ),
  };
}
