// The parts of kafkajs 2.2.4 that are not public but that the adapter is built on. The version is
// pinned in package.json: look through this file when it changes.

declare module 'kafkajs/src/protocol/encoder.js' {
  class Encoder {
    constructor(initialSize?: number);
    /** The bytes written so far, without a copy. */
    readonly buffer: Buffer;
    size(): number;
    writeInt8(value: number): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeInt64(value: number | bigint | string): this;
    writeBoolean(value: boolean): this;
    writeString(value: string | null | undefined): this;
    writeBytes(value: Buffer | string | null | undefined): this;
    writeUVarInt(value: number): this;
    writeUVarIntString(value: string | null): this;
    writeUVarIntBytes(value?: Buffer | null): this;
    writeVarInt(value: number): this;
    writeBuffer(value: Buffer): this;
    writeEncoder(value: Encoder): this;
    writeArray(values: readonly (Encoder | string | number)[]): this;
    /** A compact array; `null` is written as such. */
    writeUVarIntArray(values: readonly Encoder[] | null): this;
  }
  export = Encoder;
}

declare module 'kafkajs/src/protocol/decoder.js' {
  class Decoder {
    constructor(buffer: Buffer);
    buffer: Buffer;
    offset: number;
    readInt8(): number;
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readBoolean(): boolean;
    readString(): string | null;
    readBytes(length?: number): Buffer | null;
    readVarInt(): number;
    readUVarInt(): number;
    readUVarIntString(): string | null;
    readTaggedFields(): unknown;
    readArray<T>(reader: (decoder: Decoder) => T): T[];
    readUVarIntArray<T>(reader: (decoder: Decoder) => T): T[] | null;
    readAll(): Buffer;
    canReadBytes(length: number): boolean;
  }
  export = Decoder;
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';
  import type { KafkaApiVersions, KafkaProtocol } from 'kafkajs/src/broker/index.js';

  class Connection {
    constructor(options: Connection.Options);
    readonly host: string;
    readonly port: number;
    socket?: Socket;
    readonly requestQueue: {
      /** Requests held back because the broker asked for it. */
      readonly pending: readonly unknown[];
      scheduleCheckPendingRequests(): void;
    };
    isConnected(): boolean;
    isAuthenticated(): boolean;
    connect(): Promise<true>;
    authenticate(): Promise<void>;
    /** Waits for the answers under way, then ends the socket. */
    disconnect(): Promise<true>;
    setVersions(versions: KafkaApiVersions): void;
    getSupportAuthenticationProtocol(): boolean | null;
    setSupportAuthenticationProtocol(isSupported: boolean | null): void;
    send<T>(protocol: KafkaProtocol<T>): Promise<T>;
    /** Lets all requests under way fail. */
    rejectRequests(error: Error): void;
  }
  namespace Connection {
    interface Logger {
      info(message: string, extra?: object): void;
      error(message: string, extra?: object): void;
      warn(message: string, extra?: object): void;
      debug(message: string, extra?: object): void;
      namespace(name: string): Logger;
    }
    interface Options {
      host: string;
      port: number;
      logger: Logger;
      socketFactory: (target: {
        host: string;
        port: number;
        ssl: import('node:tls').ConnectionOptions | null;
        onConnect: () => void;
      }) => Socket;
      ssl: import('node:tls').ConnectionOptions | null;
      sasl: Readonly<Record<string, unknown>> | null;
      clientId: string;
      connectionTimeout: number;
      requestTimeout: number;
      reauthenticationThreshold: number;
      enforceRequestTimeout: boolean;
      maxInFlightRequests: number | null;
    }
  }
  export = Connection;
}

declare module 'kafkajs/src/network/connectionPool.js' {
  import type { KafkaApiVersions, KafkaProtocol } from 'kafkajs/src/broker/index.js';
  import type Connection from 'kafkajs/src/network/connection.js';

  class ConnectionPool {
    constructor(options: Connection.Options);
    readonly host: string;
    readonly port: number;
    readonly connectionTimeout: number;
    /** The second one is for Fetch only, which may wait long for its answer. */
    readonly pool: Connection[];
    isConnected(): boolean;
    isAuthenticated(): boolean;
    setVersions(versions: KafkaApiVersions): void;
    setSupportAuthenticationProtocol(isSupported: boolean): void;
    getConnection(index?: number): Promise<Connection>;
    getConnectionByRequest(protocol: KafkaProtocol<unknown>): Promise<Connection>;
    send<T>(protocol: KafkaProtocol<T>): Promise<T>;
    destroy(): Promise<void>;
  }
  export = ConnectionPool;
}

declare module 'kafkajs/src/broker/index.js' {
  import type ConnectionPool from 'kafkajs/src/network/connectionPool.js';
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  class Broker {
    constructor(options: {
      connectionPool: ConnectionPool;
      logger: import('kafkajs/src/network/connection.js').Logger;
      nodeId?: number | null;
      authenticationTimeout?: number;
      allowAutoTopicCreation?: boolean;
    });
    readonly nodeId: number | null;
    readonly connectionPool: ConnectionPool;
    /** Known once connected. */
    readonly versions: Broker.KafkaApiVersions | null;
    /** Finds the newest version of a request that both sides know; only once connected. */
    readonly lookupRequest: <A, T>(
      apiKey: number,
      definition: Broker.RequestDefinition<A, T>,
    ) => (options: A) => Broker.KafkaProtocol<T>;
    isConnected(): boolean;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    findGroupCoordinator(request: { groupId: string; coordinatorType?: number }): Promise<{
      coordinator: { nodeId: number; host: string; port: number };
    }>;
    heartbeat(request: {
      groupId: string;
      groupGenerationId: number;
      memberId: string;
    }): Promise<unknown>;
    joinGroup(request: {
      groupId: string;
      sessionTimeout: number;
      rebalanceTimeout: number;
      memberId?: string;
      protocolType?: string;
      groupProtocols: readonly { name: string; metadata: Buffer }[];
    }): Promise<{
      generationId: number;
      groupProtocol: string;
      leaderId: string;
      memberId: string;
      members: { memberId: string; memberMetadata: Buffer }[];
    }>;
    syncGroup(request: {
      groupId: string;
      generationId: number;
      memberId: string;
      groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
    }): Promise<{ memberAssignment: Buffer }>;
    leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
    offsetCommit(request: {
      groupId: string;
      groupGenerationId: number;
      memberId: string;
      retentionTime?: number;
      topics: readonly {
        topic: string;
        partitions: readonly { partition: number; offset: string; metadata?: string | null }[];
      }[];
    }): Promise<unknown>;
    offsetFetch(request: {
      groupId: string;
      topics: readonly { topic: string; partitions: readonly { partition: number }[] }[];
    }): Promise<{
      responses: {
        topic: string;
        partitions: {
          partition: number;
          offset: string;
          metadata: string | null;
          errorCode: number;
        }[];
      }[];
    }>;
    deleteTopics(request: { topics: readonly string[]; timeout?: number }): Promise<unknown>;
    initProducerId(request: {
      transactionalId?: string;
      transactionTimeout: number;
    }): Promise<{ producerId: string; producerEpoch: number }>;
  }
  namespace Broker {
    type KafkaApiVersions = Readonly<Record<number, { minVersion: number; maxVersion: number }>>;
    interface KafkaProtocol<T, D = unknown> {
      request: {
        apiKey: number;
        apiVersion: number;
        apiName: string;
        encode(): Promise<Encoder>;
        expectResponse?(): boolean;
      };
      response: {
        decode(payload: Buffer): Promise<D>;
        parse(decoded: D): Promise<T>;
      };
      requestTimeout?: number | null;
      logResponseError?: boolean;
    }
    interface RequestDefinition<A, T> {
      versions: string[];
      protocol(options: { version: number }): (options: A) => KafkaProtocol<T>;
    }
  }
  export = Broker;
}

declare module 'kafkajs/src/protocol/error.js' {
  export const errorCodes: readonly {
    type: string;
    code: number;
    retriable: boolean;
    message: string;
  }[];
  export function createErrorFromCode(code: number): Error & {
    readonly type: string;
    readonly code: number;
    readonly retriable: boolean;
  };
  export function failure(code: number): boolean;
}

declare module 'kafkajs/src/errors.js' {
  export class KafkaJSError extends Error {
    constructor(message: string | Error, options?: { retriable?: boolean; cause?: unknown });
    readonly retriable: boolean;
  }
  export class KafkaJSConnectionError extends KafkaJSError {
    constructor(message: string, options?: { broker?: string; code?: string });
    readonly broker?: string;
    readonly code?: string;
  }
}
