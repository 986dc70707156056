import { join } from 'node:path';
import { CLIENT_NAME, USERS } from './users.ts';

/** Where one listener of a broker listens, and what it tells clients to connect to. */
export interface BrokerListener {
  /** In capitals, as Kafka writes it. */
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly port: number;
  readonly advertised: { readonly host: string; readonly port: number };
  /** Settings of this listener alone, without their prefix. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What one broker of a cluster is told at its start. */
export interface BrokerSpec {
  readonly node: number;
  readonly folder: string;
  readonly controllerPort: number;
  readonly internalPort: number;
  readonly listeners: readonly BrokerListener[];
}

export interface ClusterSpec {
  /** Node and controller port of every broker. */
  readonly voters: readonly { readonly node: number; readonly controllerPort: number }[];
  /** Whether rights are checked; who comes through the internal or a plain listener has all. */
  readonly authorizer: boolean;
  /** What the caller sets beyond or instead of the rest. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Partitions of the topic that holds committed offsets: each has to be ready before a start is. */
export const OFFSETS_PARTITIONS = 6;

/** The settings of a broker that starts fast, needs little, and keeps its promises at 1 or 3. */
export function brokerSettings(broker: BrokerSpec, cluster: ClusterSpec): Record<string, string> {
  const copies = String(cluster.voters.length);
  const inSync = cluster.voters.length > 1 ? '2' : '1';
  const internal: BrokerListener = {
    name: 'INTERNAL',
    protocol: 'PLAINTEXT',
    port: broker.internalPort,
    advertised: { host: '127.0.0.1', port: broker.internalPort },
    settings: {},
  };
  const listeners = [internal, ...broker.listeners];
  return {
    'process.roles': 'broker,controller',
    'node.id': String(broker.node),
    'controller.quorum.voters': cluster.voters
      .map(({ node, controllerPort }) => `${node}@127.0.0.1:${controllerPort}`)
      .join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    listeners: [
      `CONTROLLER://127.0.0.1:${broker.controllerPort}`,
      ...listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`),
    ].join(','),
    'advertised.listeners': listeners
      .map(({ name, advertised }) => `${name}://${advertised.host}:${advertised.port}`)
      .join(','),
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...listeners.map(({ name, protocol }) => `${name}:${protocol}`),
    ].join(','),
    'log.dirs': join(broker.folder, 'data'),
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': String(OFFSETS_PARTITIONS),
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '3',
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    // Groups form at once, and tests may use short sessions.
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '500',
    // A broker that was killed may come back soon; else its old registration stands for 9 s.
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '3000',
    // Retention and compaction look often enough for a test to see them.
    'log.initial.task.delay.ms': '500',
    'log.retention.check.interval.ms': '500',
    'log.cleaner.backoff.ms': '500',
    // One laptop carries up to three of these.
    'log.cleaner.dedupe.buffer.size': '4194304',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    ...(cluster.authorizer
      ? {
          'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
          'super.users': `User:ANONYMOUS;User:${USERS.admin.username};User:CN=${CLIENT_NAME}`,
        }
      : {}),
    ...Object.fromEntries(
      broker.listeners.flatMap(({ name, settings }) =>
        Object.entries(settings).map(([key, value]) => [
          `listener.name.${name.toLowerCase()}.${key}`,
          value,
        ]),
      ),
    ),
    ...cluster.settings,
  };
}

/** As a file that Java reads. */
export function toProperties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
}
