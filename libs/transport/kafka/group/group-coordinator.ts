import type Broker from 'kafkajs/src/broker/index.js';
import joinGroup from 'kafkajs/src/protocol/requests/joinGroup/index.js';
import type { CommittedOffset, TopicPartition } from '../../port.ts';
import type { KafkaConnection } from '../kafka-connection.ts';
import { readCommitted, stampNote } from './commit-note.ts';
import { errorType, groupErrorKind } from './group-error.ts';
import {
  ASSIGNOR,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type Subscription,
} from './member-protocol.ts';
import { type AssignmentPlan, type PlanningMember, placeKey } from './plan-assignment.ts';

const joinProtocol = joinGroup.protocol({ version: 5 });

export interface GroupCoordinatorOptions {
  readonly connection: KafkaConnection;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  /** How long the others wait for a member to join again. */
  readonly rebalanceTimeoutMs: number;
}

/** Who a member is for the coordinator: its name, and the settlement that it has part in. */
export interface Identity {
  /** Empty until the coordinator has given one. */
  readonly memberId: string;
  readonly generation: number;
}

/** A position to commit, in one very topic, not in whichever has its name. */
export type PositionInTopic = TopicPartition & CommittedOffset & { readonly topicId: string };

export interface JoinedGroup {
  readonly identity: Identity;
  /** All members, for the one that shares out; `undefined` for the others. */
  readonly members: readonly PlanningMember[] | undefined;
}

/**
 * The requests of one member to its group's coordinator, each one attempt. A failure that another
 * coordinator or connection may mend makes the next attempt look for both.
 * @throws kafkajs's errors, for `groupErrorKind`
 */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions;

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options;
  }

  /**
   * Answers once all members have joined. The coordinator names a new member first and wants it to
   * ask again: `named` hears of the name, by which the member can leave.
   */
  async join(
    memberId: string,
    subscription: Subscription,
    named: (memberId: string) => void,
  ): Promise<JoinedGroup> {
    const { connection, group: groupId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const attempt = (name: string) =>
      this.#ask((broker) =>
        connection.send(
          broker,
          joinProtocol({
            groupId,
            memberId: name,
            sessionTimeout: sessionTimeoutMs,
            rebalanceTimeout: rebalanceTimeoutMs,
            protocolType: 'consumer',
            groupProtocols: [{ name: ASSIGNOR, metadata: encodeSubscription(subscription) }],
          }),
        ),
      );
    const joined = await attempt(memberId).catch((error: unknown) => {
      if (errorType(error) !== 'MEMBER_ID_REQUIRED') throw error;
      const { memberId: name } = error as { readonly memberId?: unknown };
      if (typeof name !== 'string') throw error;
      named(name);
      return attempt(name);
    });
    named(joined.memberId);
    const leads = joined.leaderId === joined.memberId;
    return {
      identity: { memberId: joined.memberId, generation: joined.generationId },
      members: leads
        ? joined.members.map((member) => ({
            memberId: member.memberId,
            subscription: decodeSubscription(member.memberMetadata),
          }))
        : undefined,
    };
  }

  /** Answers once the one that shares out has done so. */
  async sync(
    { memberId, generation }: Identity,
    plans: readonly AssignmentPlan[],
  ): Promise<TopicPartition[]> {
    const { group: groupId } = this.#options;
    const { memberAssignment } = await this.#ask((broker) =>
      broker.syncGroup({
        groupId,
        generationId: generation,
        memberId,
        groupAssignment: plans.map((plan) => ({
          memberId: plan.memberId,
          memberAssignment: encodeAssignment(plan.places),
        })),
      }),
    );
    return decodeAssignment(memberAssignment);
  }

  async heartbeat({ memberId, generation }: Identity): Promise<void> {
    const { group: groupId } = this.#options;
    await this.#ask((broker) =>
      broker.heartbeat({ groupId, groupGenerationId: generation, memberId }),
    );
  }

  async commit(
    { memberId, generation }: Identity,
    { topic, partition, topicId, offset, metadata: note }: PositionInTopic,
  ): Promise<void> {
    const { group: groupId } = this.#options;
    const metadata = stampNote(topicId, note);
    await this.#ask((broker) =>
      broker.offsetCommit({
        groupId,
        groupGenerationId: generation,
        memberId,
        topics: [{ topic, partitions: [{ partition, offset: `${offset}`, metadata }] }],
      }),
    );
  }

  /** Positions by `placeKey` in the topics of these ids; those never committed are not in it. */
  async committed(
    places: readonly (TopicPartition & { readonly topicId: string })[],
  ): Promise<Map<string, CommittedOffset>> {
    const { group: groupId } = this.#options;
    const ids = new Map(places.map(({ topic, topicId }) => [topic, topicId]));
    const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, some]) => ({
      topic,
      partitions: some.map(({ partition }) => ({ partition })),
    }));
    const { responses } = await this.#ask((broker) => broker.offsetFetch({ groupId, topics }));
    const found = new Map<string, CommittedOffset>();
    for (const { topic, partitions } of responses) {
      for (const { partition, ...answered } of partitions) {
        const position = readCommitted(answered, ids.get(topic) ?? '');
        if (position !== undefined) found.set(placeKey({ topic, partition }), position);
      }
    }
    return found;
  }

  async leave(memberId: string): Promise<void> {
    const { group: groupId } = this.#options;
    await this.#ask((broker) => broker.leaveGroup({ groupId, memberId }));
  }

  async #ask<T>(request: (broker: Broker) => Promise<T>): Promise<T> {
    const { connection, group } = this.#options;
    try {
      return await request(await connection.coordinator(group));
    } catch (error) {
      if (groupErrorKind(error) === 'again') connection.forget();
      throw error;
    }
  }
}
