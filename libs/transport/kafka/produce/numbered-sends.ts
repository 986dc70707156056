import { expect } from 'vitest';
import type { AppendResult, Transport } from '../../port.ts';

const SENDERS = 8;

/** For tests: sends one numbered record after the other, several at a time, and checks the log. */
export class NumberedSends {
  readonly sent: { readonly number: number; readonly result: AppendResult }[] = [];
  readonly #transport: Transport;
  readonly #topic: string;
  readonly #senders: Promise<void>[];
  #going = true;
  #next = 0;

  private constructor(transport: Transport, topic: string) {
    this.#transport = transport;
    this.#topic = topic;
    this.#senders = Array.from({ length: SENDERS }, () => this.#send());
  }

  static start(transport: Transport, topic: string): NumberedSends {
    return new NumberedSends(transport, topic);
  }

  /** Waits for what is under way. @throws what a send failed with */
  async stop(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#senders);
  }

  /** Every number is in the log once, where its sender was told that it is. */
  async expectExact(): Promise<void> {
    const found = new Map<string, number>();
    const partitions = (await this.#transport.describe(this.#topic))?.partitions ?? [];
    for (const { partition } of partitions) {
      for (let offset = 0; ; ) {
        const batch = await this.#transport.read({ topic: this.#topic, partition, offset });
        for (const record of batch.records) {
          found.set(`${partition}/${record.offset}`, Number(Buffer.from(record.value!)));
        }
        offset = batch.next;
        if (offset >= batch.end) break;
      }
    }
    expect([...found.values()].sort((a, b) => a - b)).toEqual(this.sent.map((_, i) => i));
    for (const { number, result } of this.sent) {
      expect(found.get(`${result.partition}/${result.baseOffset}`)).toBe(number);
    }
  }

  async #send(): Promise<void> {
    while (this.#going) {
      const number = this.#next++;
      const value = Buffer.from(`${number}`);
      const [result] = await this.#transport.send(this.#topic, [{ value }]);
      this.sent.push({ number, result: result! });
    }
  }
}
