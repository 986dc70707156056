/** Somebody who may log in by password or by token. */
export interface KafkaUser {
  readonly username: string;
  readonly password: string;
}

/** The users of every Kafka that is started with a listener for them. For tests only: public. */
export const USERS = {
  /** May do everything. */
  admin: { username: 'admin', password: 'admin-secret' },
  /** With an authorizer: reads and writes topics as they are and joins groups; creates nothing,
   * changes nothing, sees no settings. */
  limited: { username: 'limited', password: 'limited-secret' },
  /** With an authorizer: may log in, and nothing else. */
  stranger: { username: 'stranger', password: 'stranger-secret' },
} as const satisfies Record<string, KafkaUser>;

/** Common name of the client's certificate; with an authorizer it may do everything. */
export const CLIENT_NAME = 'plumbline';
