import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect } from 'vitest';
import type { LogRecord, OutgoingRecord, Transport } from './port.ts';
import { RecordingMember, type RecordingOptions } from './recording-member.ts';

/** A transport under test. */
export interface OpenedTransport {
  readonly transport: Transport;
  /**
   * How long a member may be silent before it is thrown out, where there is such a thing: short,
   * since a test lets a handler run for longer.
   */
  readonly sessionTimeoutMs?: number;
  /**
   * Creates a compact topic that is compacted soon, and rids itself of tombstones at once, where
   * those of `ensureTopic` take their time.
   */
  createCompactTopic?(topic: string): Promise<void>;
  /** Closes the transport and opens another one on the same log. */
  reopen(): Promise<Transport>;
  /** Releases all, whatever state a test has left. */
  dispose(): Promise<void>;
}

/** What the contract's tests share; `transport` is the one opened for the running test. */
export class ContractFixture {
  #opened: OpenedTransport | undefined;
  transport!: Transport;

  /** Opens before each test of the suite, and disposes after it. */
  constructor(open: () => Promise<OpenedTransport>) {
    beforeEach(async () => {
      this.#opened = await open();
      this.transport = this.#opened.transport;
    });
    afterEach(() => this.#opened?.dispose());
  }

  get sessionTimeoutMs(): number {
    return this.#opened?.sessionTimeoutMs ?? 100;
  }

  async reopen(): Promise<void> {
    if (this.#opened !== undefined) this.transport = await this.#opened.reopen();
  }

  async newTopic(partitions = 1): Promise<string> {
    const topic = `contract-${randomUUID()}`;
    await this.transport.ensureTopic({ topic, partitions, cleanup: 'delete' });
    return topic;
  }

  async newCompactTopic(): Promise<string> {
    const topic = `contract-${randomUUID()}`;
    await this.#opened?.createCompactTopic?.(topic);
    await this.transport.ensureTopic({ topic, partitions: 1, cleanup: 'compact' });
    return topic;
  }

  async readAll(topic: string, partition = 0, maxBytes?: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let offset = 0; ; ) {
      const batch = await this.transport.read({ topic, partition, offset }, maxBytes);
      records.push(...batch.records);
      offset = batch.next;
      if (offset >= batch.end) return records;
    }
  }

  join(options: RecordingOptions): Promise<RecordingMember> {
    return RecordingMember.join(this.transport, options);
  }
}

/** Records with the values 0, 1, 2, …, to one partition or to all in turn. */
export function numbered(count: number, partition?: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    value: bytesOf(`${i}`),
    ...(partition === undefined ? {} : { partition }),
  }));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** An error with this code. */
export function coded(code: string): unknown {
  return expect.objectContaining({ code });
}
