import type { Evaluation } from '#libs/detectors/evaluation.ts';
import type { CurrentConfig } from '../current-config.ts';
import type { Api, FullOptions } from '../options.ts';
import { presentBaseline } from '../present/present-baseline.ts';
import { presentMonitor } from '../present/present-monitor.ts';
import { presentStream, unreportedStream } from '../present/present-stream.ts';
import { problemResponses } from '../problem-responses.ts';
import { BaselineList } from '../schemas/baseline.ts';
import { MonitorList } from '../schemas/monitor.ts';
import { NamespaceQuery, ref } from '../schemas/shared.ts';
import { StreamList } from '../schemas/stream.ts';

/** `/api/v1/monitors`, `/api/v1/streams`, `/api/v1/baselines`. */
export function resourceRoutes(
  app: Api,
  options: Pick<FullOptions, 'store' | 'now'> & { readonly config: () => Promise<CurrentConfig> },
): void {
  const { store, config, now } = options;

  app.get(
    '/api/v1/monitors',
    {
      schema: {
        tags: ['resources'],
        summary: 'Monitors with their streams and the verdicts of their newest windows',
        querystring: NamespaceQuery,
        response: { 200: ref(MonitorList), ...problemResponses(400) },
      },
    },
    async (request) => {
      const namespace = request.query.namespace ?? 'default';
      const [{ monitors, streams, recordOf }, statuses, evaluations] = await Promise.all([
        config(),
        store.listStreamStatus(namespace),
        store.latestEvaluations(namespace),
      ]);
      const byMonitor = Map.groupBy(evaluations, ({ monitor }: Evaluation) => monitor);
      const items = monitors
        .filter((monitor) => monitor.namespace === namespace)
        .map((monitor) => {
          const status = statuses.find(({ stream }) => stream === monitor.stream);
          return presentMonitor(monitor, {
            record: recordOf(monitor) ?? { managedBy: 'file', revision: 0 },
            stream:
              status === undefined
                ? unreportedStream(namespace, monitor.stream)
                : presentStream(status, { now: now() }),
            sampling: streams.find(isStream(namespace, monitor.stream))?.sampling ?? null,
            evaluations: byMonitor.get(monitor.name) ?? [],
          });
        });
      return { items };
    },
  );

  app.get(
    '/api/v1/streams',
    {
      schema: {
        tags: ['resources'],
        summary: 'Streams with their condition, watermark and tallies',
        querystring: NamespaceQuery,
        response: { 200: ref(StreamList), ...problemResponses(400) },
      },
    },
    async (request) => {
      const namespace = request.query.namespace ?? 'default';
      const [{ streams }, statuses] = await Promise.all([
        config(),
        store.listStreamStatus(namespace),
      ]);
      const configured = streams.filter((stream) => stream.namespace === namespace);
      const names = new Set([
        ...configured.map(({ name }) => name),
        ...statuses.map(({ stream }) => stream),
      ]);
      const items = [...names].sort().map((name) => {
        const status = statuses.find(({ stream }) => stream === name);
        return {
          namespace,
          name,
          topics: configured.find(isStream(namespace, name))?.topics ?? null,
          sampling: configured.find(isStream(namespace, name))?.sampling ?? null,
          status:
            status === undefined
              ? unreportedStream(namespace, name)
              : presentStream(status, { now: now() }),
        };
      });
      return { items };
    },
  );

  app.get(
    '/api/v1/baselines',
    {
      schema: {
        tags: ['resources'],
        summary: 'Baselines, all versions, newest first within a name',
        querystring: NamespaceQuery,
        response: { 200: ref(BaselineList), ...problemResponses(400) },
      },
    },
    async (request) => {
      const namespace = request.query.namespace ?? 'default';
      const [{ baselines }, records] = await Promise.all([
        config(),
        store.listBaselines(namespace),
      ]);
      const items = records.map((record) => {
        const of = baselines.find(
          (baseline) => baseline.namespace === namespace && baseline.name === record.name,
        );
        return presentBaseline(record, { config: of, now: now() });
      });
      return { items };
    },
  );
}

function isStream(namespace: string, name: string) {
  return (stream: { readonly namespace: string; readonly name: string }) =>
    stream.namespace === namespace && stream.name === name;
}
