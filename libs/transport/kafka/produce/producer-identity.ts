import type { KafkaConnection } from '../kafka-connection.ts';

/** Asked for by transactions only. */
const NO_TRANSACTION_MS = 60_000;

/** By it and a sequence number per partition, brokers recognise what they have appended before. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** Gives each partition an identity that nothing was sent under there before. */
export class ProducerIdentities {
  readonly #connection: KafkaConnection;
  readonly #used = new WeakMap<ProducerIdentity, Set<string>>();
  #current: ProducerIdentity | undefined;
  #asking: Promise<ProducerIdentity> | undefined;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  /** For one partition, named by `place`: the shared one, or a new one if it had that before. */
  async identify(place: string): Promise<ProducerIdentity> {
    for (;;) {
      const identity = this.#current ?? (await this.#ask());
      const used = this.#used.get(identity);
      if (used !== undefined && !used.has(place)) {
        used.add(place);
        return identity;
      }
      if (this.#current === identity) this.#current = undefined;
    }
  }

  #ask(): Promise<ProducerIdentity> {
    this.#asking ??= this.#request().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #request(): Promise<ProducerIdentity> {
    const broker = await this.#connection.anyBroker();
    const answer = await broker.initProducerId({ transactionTimeout: NO_TRANSACTION_MS });
    const identity = {
      producerId: BigInt(answer.producerId),
      producerEpoch: answer.producerEpoch,
    };
    this.#used.set(identity, new Set());
    this.#current = identity;
    return identity;
  }
}
