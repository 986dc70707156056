/**
 * The tables as Kysely sees them. Times are milliseconds since 1970, documents are JSON text,
 * flags are 0 or 1: what every database stores alike. An adapter whose driver answers 64-bit
 * integers as strings parses them to numbers; all of them stay below 2^53.
 */
export interface StoreSchema {
  counters: CounterTable;
  resources: ResourceTable;
  baselines: BaselineTable;
  baseline_contents: BaselineContentTable;
  profiles: ProfileTable;
  panes: PaneTable;
  applied_ranges: AppliedRangeTable;
  open_blocks: OpenBlockTable;
  publications: PublicationTable;
  evaluations: EvaluationTable;
  evaluation_heads: EvaluationHeadTable;
  monitor_spans: MonitorSpanTable;
  stream_parts: StreamPartTable;
  leases: LeaseTable;
  work_items: WorkItemTable;
}

export type CounterName = 'config_revision' | 'publication' | 'ping' | 'work_item';

interface CounterTable {
  name: CounterName;
  value: number;
}

interface ResourceTable {
  kind: string;
  namespace: string;
  name: string;
  revision: number;
  managed_by: 'file' | 'api';
  document: string;
}

export interface BaselineTable {
  namespace: string;
  name: string;
  version: string;
  hash: string;
  model_version: string | null;
  created_at: number;
  row_count: number;
  time_start: number | null;
  time_end: number | null;
  source: string;
  summary: string;
}

interface BaselineContentTable {
  hash: string;
  encoding: 'raw' | 'deflate';
  content: Uint8Array;
}

interface ProfileTable {
  profile_id: string;
  version: number;
}

interface PaneTable {
  profile_id: string;
  start_at: number;
  events: number;
  payload: Uint8Array;
}

interface PartitionKey {
  profile_id: string;
  topic: string;
  partition: number;
  epoch: number;
}

interface AppliedRangeTable extends PartitionKey {
  ranges: string;
  tallies: string;
}

interface OpenBlockTable extends PartitionKey {
  from_offset: number;
  to_offset: number;
  payload: Uint8Array;
}

interface WindowKey {
  namespace: string;
  monitor: string;
  window_start: number;
  window_end: number;
}

interface PublicationTable extends WindowKey {
  /** Counted up in commit order; what evaluations refer to. */
  id: number;
  revision: number;
  /** 1 while no higher revision of the window exists. */
  latest: number;
  events: number;
  published_at: number;
  provenance: string;
}

interface EvaluationTable extends WindowKey {
  publication: number;
  revision: number;
  latest: number;
  /** Names as `nameKey` writes them, so that `null` can be part of a key. */
  segment_key: string;
  field_key: string;
  verdict: string;
  reason_code: string;
  reason: string;
  n: number;
  m: number;
  statistics: string;
  warnings: string;
  detail: string | null;
}

/** Where the newest evaluation of each unit is. */
interface EvaluationHeadTable extends WindowKey {
  segment_key: string;
  field_key: string;
  revision: number;
}

/** The longest window that a monitor ever published: bounds searches by start to ranges of ends. */
interface MonitorSpanTable {
  namespace: string;
  monitor: string;
  longest: number;
}

interface StreamPartTable {
  namespace: string;
  stream: string;
  /** Who tells it. */
  part: string;
  updated_at: number;
  status: string;
}

interface LeaseTable {
  name: string;
  /** `null` once it was released. */
  holder: string | null;
  /** Counted up with every holder. */
  token: number;
  expires_at: number;
}

interface WorkItemTable {
  /** Counted up in commit order. */
  id: number;
  queue: string;
  /** When it can be claimed next: after its delay, or when its claim expires. */
  available_at: number;
  /** How often it was claimed. */
  claims: number;
  /** Who claimed it last, for people who look into the table. */
  holder: string | null;
  payload: string;
}
