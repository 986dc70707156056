import { resolveDocuments } from '#libs/config/resolve-documents.ts';
import type { BaselineConfig, MonitorConfig, StreamConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ResourceRecord, Store } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';

/** The configuration as the store holds it now, with defaults filled in. */
export interface CurrentConfig {
  readonly streams: readonly StreamConfig[];
  readonly baselines: readonly BaselineConfig[];
  readonly monitors: readonly MonitorConfig[];
  /** The record that a monitor was written with. */
  recordOf(monitor: MonitorConfig): ResourceRecord | undefined;
}

/**
 * Reads the configuration, again only when the store's revision has changed. When what is stored
 * cannot be used, the last usable configuration stays, and the failure is told once.
 */
export function createConfigReader(
  store: Store,
  lifecycle: Lifecycle,
): () => Promise<CurrentConfig> {
  let current: CurrentConfig | undefined;
  let seen: number | undefined;
  return async () => {
    const revision = await store.configRevision();
    if (current !== undefined && seen === revision) return current;
    try {
      current = toConfig(await store.listResources());
    } catch (error) {
      if (current === undefined || !isInvalid(error)) throw error;
      const { code, message } = error;
      lifecycle.emit({ type: 'failure', role: 'api', code, message, outcome: 'continues' });
    }
    seen = revision;
    return current;
  };
}

function isInvalid(error: unknown): error is PlumblineError {
  return error instanceof PlumblineError && error.code === 'PLB_CONFIG_INVALID';
}

function toConfig(records: readonly ResourceRecord[]): CurrentConfig {
  const { streams, baselines, monitors } = resolveDocuments(records);
  const byKey = new Map(
    records.filter(({ kind }) => kind === 'monitor').map((record) => [keyOf(record), record]),
  );
  return { streams, baselines, monitors, recordOf: (monitor) => byKey.get(keyOf(monitor)) };
}

function keyOf(resource: { readonly namespace: string; readonly name: string }): string {
  return JSON.stringify([resource.namespace, resource.name]);
}
