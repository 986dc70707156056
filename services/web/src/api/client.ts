import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { decodeEvaluation, decodeMonitor } from './decode.ts';
import type { EventStream } from './events.ts';
import type { MonitorItem } from './types.ts';
import type { WireEvaluation, WireMonitor } from './wire.ts';

export interface EvaluationFilter {
  readonly monitor?: string;
  /** `null` asks for the stream as a whole. */
  readonly field?: string | null;
  readonly segment?: string | null;
  readonly verdict?: string;
  /** Windows that end after this, milliseconds since 1970. */
  readonly from?: number;
  /** Windows that start before this. */
  readonly to?: number;
  readonly order?: 'asc' | 'desc';
  readonly detail?: boolean;
  readonly limit: number;
}

/** One thing that keeps the service from its work, and why. */
export interface Trouble {
  readonly name: string;
  readonly reason: string;
}

/** The API as the page uses it. */
export interface ApiClient {
  monitors(): Promise<readonly MonitorItem[]>;
  /** Empty where nothing has the names of the filter. */
  evaluations(filter: EvaluationFilter): Promise<readonly Evaluation[]>;
  /** What is not well, by `/readyz`; empty where all is, or where that does not say. */
  troubles(): Promise<readonly Trouble[]>;
  events(): EventStream;
}

/** Addresses are relative to the page, which may live below a path of a reverse proxy. */
export function createApiClient(options: { readonly namespace: string }): ApiClient {
  const address = (path: string, query: Readonly<Record<string, string>>): string =>
    `api/v1/${path}?${new URLSearchParams({ namespace: options.namespace, ...query })}`;

  return {
    async monitors() {
      const items = await getItems<WireMonitor>(address('monitors', {}));
      return items.map(decodeMonitor);
    },
    async evaluations(filter) {
      const items = await getItems<WireEvaluation>(address('evaluations', toQuery(filter)));
      return items.map(decodeEvaluation);
    },
    async troubles() {
      const response = await fetch('readyz', { headers: { accept: 'application/json' } });
      if (response.status !== 503) return [];
      // A proxy may answer 503 as well, with a page of its own.
      const body: unknown = await response.json().catch(() => undefined);
      return troublesOf(body);
    },
    events: () => new EventSource(address('events', {})),
  };
}

function toQuery(filter: EvaluationFilter): Record<string, string> {
  const query: Record<string, string> = { limit: String(filter.limit) };
  if (filter.monitor !== undefined) query.monitor = filter.monitor;
  if (filter.field !== undefined) query.field = filter.field ?? '';
  if (filter.segment !== undefined) query.segment = filter.segment ?? '';
  if (filter.verdict !== undefined) query.verdict = filter.verdict;
  if (filter.from !== undefined) query.from = new Date(filter.from).toISOString();
  if (filter.to !== undefined) query.to = new Date(filter.to).toISOString();
  if (filter.order !== undefined) query.order = filter.order;
  if (filter.detail === true) query.detail = 'true';
  return query;
}

/** A list; one of something that does not exist (404) is empty. */
async function getItems<T>(address: string): Promise<readonly T[]> {
  const response = await fetch(address, { headers: { accept: 'application/json' } });
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(await failure(response));
  const page = (await response.json()) as { readonly items: readonly T[] };
  return page.items;
}

interface WireReadiness {
  readonly checks?: readonly { readonly name: string; readonly reason: string | null }[];
}

function troublesOf(body: unknown): readonly Trouble[] {
  const { checks } = (body ?? {}) as WireReadiness;
  return (checks ?? []).flatMap(({ name, reason }) => (reason === null ? [] : [{ name, reason }]));
}

async function failure(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const message =
    typeof body === 'object' && body !== null && 'detail' in body
      ? String(body.detail)
      : response.statusText;
  return `The server answered ${response.status}: ${message}`;
}
