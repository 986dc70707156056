import type { EvidenceKind } from '#libs/detectors/evaluation.ts';
import type { Derivation, FieldRole, FieldType } from '#libs/profiles/field.ts';
import type { StatisticName } from '#libs/statistics/result.ts';

/** Where a secret is; its value is read only at the moment of use. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** What every resource has: `namespace/name` identifies it within its kind. */
interface Resource {
  readonly namespace: string;
  readonly name: string;
}

/** One or more topics with one schema. Durations are milliseconds, paths are JSON paths. */
export interface StreamConfig extends Resource {
  readonly topics: readonly string[];
  readonly codec: 'json' | 'arrow';
  readonly timePath: string;
  readonly keyPath?: string;
  readonly idPath?: string;
  readonly modelVersionPath?: string;
  /** Used where Plumbline creates the topic. */
  readonly partitions: number;
  /** Embedded transport: a file whose lines are the events; an absolute path. */
  readonly source?: { readonly file: string; readonly format: 'ndjson' };
  /** Topic that receives a copy of every bad event with its cause. */
  readonly deadLetterTopic?: string;
  readonly maxEventBytes: number;
  readonly maxAheadMs: number;
  /** Only this share of the keys is counted; absent: all. */
  readonly sampling?: { readonly share: number };
  readonly idleAfterMs: number;
  /** Absent: automatic, max(3 × the usual gap, 5 min). */
  readonly stalledAfterMs?: number;
  readonly blockSize: number;
  readonly publishEveryMs: number;
}

/** What the user said about one field; everything absent is found out from the data. */
export interface FieldOverride {
  readonly name: string;
  readonly type?: FieldType;
  readonly role?: FieldRole;
  readonly path?: string;
  readonly period?: number;
  readonly derive?: Derivation;
  readonly range?: { readonly min?: number; readonly max?: number };
  readonly coerce?: boolean;
}

/** A field that is computed from another value of the event; always monitored. */
export interface DerivedField {
  readonly name: string;
  readonly derivation: Derivation;
  readonly path: string;
}

type FileFormat = 'parquet' | 'arrow' | 'csv' | 'ndjson';

export interface BaselineConfig extends Resource {
  /** Absolute path. */
  readonly file: string;
  /** Absent: told from the file's name and content. */
  readonly format?: FileFormat;
  /** Absent: the baseline has no event times, and so no panes. */
  readonly timePath?: string;
  readonly paneMs: number;
  /** Only rows in [fromMs, toMs), milliseconds since 1970. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Fewest rows that a count of it may be about. */
  readonly minCount?: number;
  readonly modelVersion?: string;
  readonly version?: string;
  /** How long after its last event it may be compared with without a warning. */
  readonly expiresAfterMs?: number;
  readonly fields: readonly FieldOverride[];
  readonly derive: readonly DerivedField[];
}

export type BaselineReference =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'by_model_version' };

/** Which fields of the baseline a monitor watches; derived fields come on top. */
export type FieldSelection =
  | { readonly kind: 'auto' }
  | { readonly kind: 'listed'; readonly fields: readonly FieldOverride[] };

/** A statistic's threshold as the user set it; it adds to the defaults, `off` removes one. */
export type StatisticThreshold =
  | { readonly kind: 'off' }
  | { readonly kind: 'limit'; readonly warning?: number; readonly critical?: number };

/** Thresholds of one field; the field `*` stands for all that have none of their own. */
export interface FieldThresholds {
  readonly field: string;
  readonly statistics: Readonly<
    Partial<Record<Exclude<StatisticName, 'volume'>, StatisticThreshold>>
  >;
}

/** A detector over the figures of one statistic; the field `*` is every one without its own. */
export interface SequentialConfig {
  readonly field: string;
  readonly statistic: Exclude<StatisticName, 'volume'>;
  readonly detector: 'page_hinkley' | 'cusum' | 'ewma' | 'adwin';
  /** By the detector's own names. */
  readonly options: Readonly<Record<string, number>>;
  readonly verdict: 'warning' | 'critical';
}

/** Ratio of the window's events to the usual number: at or beyond either end it counts. */
export interface VolumeBand {
  readonly low?: number;
  readonly high?: number;
}

export type VolumeThreshold =
  | { readonly kind: 'default' }
  | { readonly kind: 'off' }
  | { readonly kind: 'band'; readonly warning?: VolumeBand; readonly critical?: VolumeBand };

/** Number of bins, or the edges between them in the field's unit. */
export type BinSpec =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'edges'; readonly edges: readonly number[] };

/** By what events are divided, and into how many segments. */
export interface SegmentsConfig {
  /** Names of one or two fields. */
  readonly by: readonly string[];
  readonly most: number;
  readonly minRows: number;
}

/** Which values are compared, and when a difference counts as drift. */
export interface ComparisonConfig {
  readonly fields: FieldSelection;
  readonly derive: readonly DerivedField[];
  readonly thresholds: readonly FieldThresholds[];
  readonly volume: VolumeThreshold;
  readonly minSamples: number;
  readonly significance: number;
  readonly evidence: 'auto' | EvidenceKind;
  readonly bins: {
    readonly default: BinSpec;
    readonly fields: readonly { readonly field: string; readonly bins: BinSpec }[];
  };
  readonly zeroFill:
    | { readonly kind: 'half_observation' }
    | { readonly kind: 'epsilon'; readonly epsilon: number };
  readonly missingAsBin: boolean;
}

export interface MonitorConfig extends Resource, ComparisonConfig {
  readonly stream: string;
  readonly baseline: BaselineReference;
  readonly windowMs: number;
  readonly hopMs: number;
  readonly paneMs: number;
  readonly latenessMs: number;
  /** Most distinct baseline values that the profile keeps apart. */
  readonly resolution: number;
  /** Detectors over the series of its windows. */
  readonly sequential: readonly SequentialConfig[];
  /** Absent: only the whole is compared. */
  readonly segments?: SegmentsConfig;
  readonly persistence: { readonly count: number; readonly of: number };
  readonly owner?: string;
  readonly runbook?: string;
  readonly objective?: string;
  readonly risk?: string;
  /** Names of channels. */
  readonly notify: readonly string[];
  readonly notifyMaxAgeMs: number;
  readonly retention: { readonly panesMs: number; readonly evaluationsMs: number };
}

interface PagerDutyChannel extends Resource {
  readonly type: 'pagerduty';
  readonly routingKey: SecretReference;
  readonly url?: string;
}

interface SlackChannel extends Resource {
  readonly type: 'slack';
  readonly webhookUrl: SecretReference;
}

interface AlertmanagerChannel extends Resource {
  readonly type: 'alertmanager';
  readonly url: string;
  readonly username?: string;
  readonly password?: SecretReference;
  readonly bearerToken?: SecretReference;
  readonly labels: readonly { readonly name: string; readonly value: string }[];
}

interface WebhookChannel extends Resource {
  readonly type: 'webhook';
  readonly url: string | SecretReference;
  /** Key of the HMAC-SHA256 signature. */
  readonly signingKey?: SecretReference;
  readonly headers: readonly { readonly name: string; readonly value: string | SecretReference }[];
}

interface EmailChannel extends Resource {
  readonly type: 'email';
  readonly host: string;
  readonly port: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly username?: string;
  readonly password?: SecretReference;
}

export type ChannelConfig =
  | PagerDutyChannel
  | SlackChannel
  | AlertmanagerChannel
  | WebhookChannel
  | EmailChannel;

interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly clientId?: string;
  readonly tls:
    | { readonly kind: 'off' }
    | {
        readonly kind: 'on';
        /** Absolute paths of PEM files. */
        readonly caFile?: string;
        readonly certificateFile?: string;
        readonly keyFile?: string;
        readonly serverName?: string;
      };
  readonly sasl?: SaslConfig;
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Of the blocks topic, where Plumbline creates it. */
  readonly blocksPartitions: number;
}

type SaslConfig =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: SecretReference;
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: SecretReference }
  | {
      readonly mechanism: 'oauthbearer';
      readonly tokenEndpoint: {
        readonly url: string;
        readonly clientId: string;
        readonly clientSecret: SecretReference;
        readonly scope?: string;
      };
    };

export type TransportConfig =
  | { readonly kind: 'embedded' }
  | ({ readonly kind: 'kafka' } & KafkaConfig);

export type StoreConfig =
  | { readonly kind: 'sqlite' }
  | {
      readonly kind: 'postgres';
      readonly url: SecretReference;
      readonly schema: string;
      readonly poolSize: number;
      /** Absolute path of a PEM file. */
      readonly caFile?: string;
    };

/** What the store holds as documents and services read back. */
export interface ResolvedResources {
  readonly streams: readonly StreamConfig[];
  readonly baselines: readonly BaselineConfig[];
  readonly monitors: readonly MonitorConfig[];
  readonly channels: readonly ChannelConfig[];
}

/** A whole configuration file with every default filled in; frozen. */
export interface ResolvedConfig extends ResolvedResources {
  readonly instance: string;
  /** Absolute path. */
  readonly dataDirectory: string;
  readonly server: { readonly host: string; readonly port: number };
  readonly transport: TransportConfig;
  readonly store: StoreConfig;
}
