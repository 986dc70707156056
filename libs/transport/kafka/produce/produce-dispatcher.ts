import type Broker from 'kafkajs/src/broker/index.js';
import { KafkaJSConnectionError } from 'kafkajs/src/errors.js';
import type { KafkaConnection } from '../kafka-connection.ts';
import { type AppendOutcome, type BatchToAppend, produceRequest } from './produce-request.ts';

/** A third of what brokers take in one request unless set otherwise. */
const REQUEST_BYTES = 32 * 1024 * 1024;

interface Waiting extends BatchToAppend {
  readonly broker: Broker;
  resolve(outcome: AppendOutcome): void;
  reject(error: unknown): void;
}

/** Puts the batches that are ready at the same time for the same broker into one request. */
export class ProduceDispatcher {
  readonly #connection: KafkaConnection;
  #waiting: Waiting[] = [];

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  append(broker: Broker, batch: BatchToAppend): Promise<AppendOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<AppendOutcome>();
    this.#waiting.push({ ...batch, broker, resolve, reject });
    if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    return promise;
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [broker, ready] of Map.groupBy(waiting, (one) => one.broker)) {
      let first = 0;
      let bytes = 0;
      for (const [index, { batch }] of ready.entries()) {
        if (index > first && bytes + batch.length > REQUEST_BYTES) {
          void this.#send(broker, ready.slice(first, index));
          first = index;
          bytes = 0;
        }
        bytes += batch.length;
      }
      void this.#send(broker, ready.slice(first));
    }
  }

  async #send(broker: Broker, batches: readonly Waiting[]): Promise<void> {
    // The broker must give up before this client does, which would end the connection.
    const timeoutMs = Math.ceil(this.#connection.settings.requestTimeoutMs * 0.8);
    try {
      const outcomes = await this.#connection.send(broker, produceRequest(batches, { timeoutMs }));
      for (const { topic, partition, resolve, reject } of batches) {
        const outcome = outcomes.find((one) => one.topic === topic && one.partition === partition);
        if (outcome !== undefined) resolve(outcome);
        else reject(new KafkaJSConnectionError('A partition is missing in the answer'));
      }
    } catch (error) {
      for (const { reject } of batches) reject(error);
    }
  }
}
