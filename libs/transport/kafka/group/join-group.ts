import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { JoinOptions } from '../../port.ts';
import { KafkaConnection } from '../kafka-connection.ts';
import { kafkaError } from '../kafka-errors.ts';
import type { KafkaSettings } from '../kafka-settings.ts';
import { GroupMember } from './group-member.ts';
import { pause } from './pause.ts';

/** What a member may be told beyond the connection's settings. */
export interface GroupSettings {
  /** How long a rebalance waits for a running handler; a minute unless given. */
  readonly handlingMs?: number;
  /** How often the coordinator hears of the member; at most a second unless given. */
  readonly heartbeatMs?: number;
  /** How often topics are looked at for changes; 3 s unless given. */
  readonly topicsEveryMs?: number;
  /** How long a broker may wait for the first record; 250 ms unless given. */
  readonly fetchWaitMs?: number;
}

export interface JoinGroupOptions extends JoinOptions {
  readonly settings: KafkaSettings;
  readonly groupSettings?: GroupSettings;
  /** Called once when the member has no more part in the group. */
  gone?(member: GroupMember): void;
}

/** A broker that does not know of a topic yet may hear of it a moment later. */
const LOOKS = 4;
const LOOK_AGAIN_MS = 100;

/**
 * Joins a group, with connections of the member's own, so that nothing stands before its
 * heartbeats. Resolves before the group has settled.
 * @throws PLB_TRANSPORT_TOPIC when a topic does not exist; PLB_TRANSPORT_UNAVAILABLE and the like
 *   when no broker can be asked
 */
export async function joinGroup(options: JoinGroupOptions): Promise<GroupMember> {
  const { settings, groupSettings = {}, gone, ...join } = options;
  const { sessionTimeoutMs } = settings;
  const connect = () =>
    new KafkaConnection({
      ...settings,
      // Whoever does not answer within a session is as good as gone.
      requestTimeoutMs: Math.min(settings.requestTimeoutMs, sessionTimeoutMs),
      connectTimeoutMs: Math.min(settings.connectTimeoutMs, sessionTimeoutMs),
    });
  const connection = connect();
  try {
    await checkTopics(connection, join.topics);
  } catch (error) {
    await connection.close();
    throw kafkaError(error, `join group ${join.group}`);
  }
  const member: GroupMember = new GroupMember({
    ...join,
    connection,
    connect,
    sessionTimeoutMs,
    handlingMs: 60_000,
    // Often enough to hear of a rebalance soon.
    heartbeatMs: Math.min(1000, sessionTimeoutMs / 12),
    topicsEveryMs: 3000,
    fetchWaitMs: 250,
    ...groupSettings,
    gone: () => gone?.(member),
  });
  member.start();
  return member;
}

async function checkTopics(connection: KafkaConnection, topics: readonly string[]): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const found = await connection.metadata(topics);
    const missing = topics.find((topic) => found.get(topic) === undefined);
    if (missing === undefined) return;
    if (looks === LOOKS) {
      throw new PlumblineError(
        'PLB_TRANSPORT_TOPIC',
        `Cannot find topic ${missing}: it must exist, got none of this name.`,
        { fix: 'create it, or correct its name in the configuration; it is looked for again' },
      );
    }
    await pause(LOOK_AGAIN_MS);
  }
}
