import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { GroupCommit } from './group-commit.ts';
import { compactPartition } from './log-compaction.ts';
import { codedLogError, openLogForWriting } from './log-database.ts';
import type { AppendRequest, LogOptions, TopicState, WriterCalls } from './protocol.ts';

/** Batches that one append deletes at most because of their age: more than it adds, yet bounded. */
const EXPIRED_PER_APPEND = 64;
const SWEPT_PER_STEP = 1000;
const SWEPT_BYTES_PER_STEP = 16 * 1024 * 1024;

type Handlers = { [K in keyof WriterCalls]: WriterCalls[K] };

/** Opens the log for writing; the handlers of the writing worker after its `open`. */
export class LogWriter implements Omit<Handlers, 'open'> {
  readonly #options: LogOptions;
  readonly #database: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #statements: ReturnType<typeof prepareStatements>;
  /** Partitions being compacted, and those whose compaction met a damaged batch. */
  readonly #compacting = new Set<number>();
  /** Deleted partitions whose sweeping failed. */
  readonly #unswept: number[] = [];
  /** The time of the latest append, by the clock of the main thread. */
  #now = 0;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#database = openLogForWriting(options);
    this.#statements = prepareStatements(this.#database);
    this.#commits = new GroupCommit({
      database: this.#database,
      coded: (error) => codedLogError(error, options),
    });
    for (const { id } of this.#statements.orphans.all()) this.#sweep(Number(id));
  }

  topics(): TopicState[] {
    const states = new Map<string, TopicState & { partitions: TopicState['partitions'][0][] }>();
    for (const row of this.#statements.topics.all()) {
      const id = String(row.id);
      const state = states.get(id) ?? {
        topic: String(row.name),
        id,
        cleanup: row.cleanup === 'compact' ? ('compact' as const) : ('delete' as const),
        retentionMs: row.retention_ms === null ? undefined : Number(row.retention_ms),
        partitions: [],
      };
      state.partitions.push({
        row: Number(row.row),
        partition: Number(row.partition),
        end: Number(row.end_offset),
      });
      states.set(id, state);
    }
    return [...states.values()];
  }

  async ensureTopic({ spec, id }: Parameters<WriterCalls['ensureTopic']>[0]): Promise<TopicState> {
    await this.#commits.submit(0, () => {
      if (this.#statements.topicByName.get(spec.topic) !== undefined) return;
      this.#statements.insertTopic.run(id, spec.topic, spec.cleanup, spec.retentionMs ?? null);
      for (let partition = 0; partition < spec.partitions; partition += 1) {
        this.#statements.insertPartition.run(id, partition);
      }
    });
    const state = this.topics().find((one) => one.topic === spec.topic);
    // Deleted again within the same transaction.
    if (state === undefined) throw noSuchTopic(spec.topic);
    return state;
  }

  async deleteTopic({ topicId }: { readonly topicId: string }): Promise<void> {
    const rows = await this.#commits.submit(0, () => {
      const partitions = this.#statements.partitionsOf.all(topicId);
      this.#statements.deleteTopic.run(topicId);
      this.#statements.deletePositions.run(topicId);
      this.#statements.orphan.run(topicId);
      return partitions.map(({ id }) => Number(id));
    });
    for (const row of rows) this.#sweep(row);
  }

  async append(request: AppendRequest): Promise<readonly number[]> {
    this.#now = request.now;
    let bytes = 0;
    for (const { batches } of request.parts) for (const batch of batches) bytes += batch.length;
    const appending = this.#commits.submit(bytes, () => this.#append(request));
    // Sweeping needs a little space itself; appending, well or not, is the occasion to try again.
    for (const row of this.#unswept.splice(0)) this.#sweep(row);
    const bases = await appending;
    if (request.compact) for (const { row } of request.parts) this.#compactIfDue(row);
    return bases;
  }

  async commit(request: Parameters<WriterCalls['commit']>[0]): Promise<void> {
    const { group, topicId, partition, offset, metadata } = request;
    await this.#commits.submit(0, () => {
      if (this.#statements.topicById.get(topicId) === undefined) throw noSuchTopic(topicId);
      this.#statements.savePosition.run(group, topicId, partition, offset, metadata);
    });
  }

  async close(): Promise<void> {
    this.#commits.close();
    // What was written just now still looks whether its partition is due for compaction.
    await new Promise((resolve) => setImmediate(resolve));
    this.#database.close();
  }

  #append(request: AppendRequest): number[] {
    const { parts, now, retentionMs } = request;
    for (const { row } of parts) {
      const found = this.#statements.partition.get(row);
      if (found?.topic_id !== request.topicId) throw noSuchTopic(request.topic);
    }
    return parts.map(({ row, batches }) => {
      if (retentionMs !== undefined && !request.compact) this.#expire(row, now - retentionMs);
      const base = Number(this.#statements.partition.get(row)?.end_offset);
      let end = base;
      let bytes = 0;
      for (const { buffer, length, count } of batches) {
        const payload = new Uint8Array(buffer, 0, length);
        this.#statements.insertBatch.run(row, end, end + count, now, payload);
        end += count;
        bytes += length;
      }
      this.#statements.extend.run(end, bytes, row);
      return base;
    });
  }

  /** Deletes the oldest batches, as far as they were appended before `limit`. */
  #expire(row: number, limit: number): void {
    let start: number | undefined;
    let bytes = 0;
    for (const batch of this.#statements.oldest.all(row, EXPIRED_PER_APPEND)) {
      if (Number(batch.appended_at) >= limit) break;
      start = Number(batch.next_offset);
      bytes += Number(batch.bytes);
    }
    if (start === undefined) return;
    this.#statements.deleteBefore.run(row, start);
    this.#statements.moveStart.run(start, bytes, row);
  }

  #compactIfDue(row: number): void {
    const state = this.#statements.partition.get(row);
    if (state === undefined || state.topic_id === null || this.#compacting.has(row)) return;
    const clean = Number(state.clean_bytes);
    const dirty = Number(state.bytes) - clean;
    // At least as long as the clean part, as all of that is read again: this keeps the work within
    // a constant factor of what is appended, and the garbage within half of what is stored.
    if (dirty < Math.max(this.#options.compactAfterBytes, clean)) return;
    this.#compacting.add(row);
    this.#commits.background(this.#compact(row));
  }

  *#compact(row: number): Generator<void> {
    try {
      yield* compactPartition(row, {
        database: this.#database,
        transaction: (body) => this.#commits.transaction(body),
        tombstoneMs: this.#options.tombstoneMs,
        now: this.#now,
      });
    } catch (error) {
      // A reader reports the damage with its place. Trying again at each append would only cost.
      if (error instanceof PlumblineError) return;
      this.#compacting.delete(row);
      throw error;
    }
    this.#compacting.delete(row);
  }

  #sweep(row: number): void {
    this.#commits.background(this.#sweepAll(row));
  }

  *#sweepAll(row: number): Generator<void> {
    try {
      yield* this.#sweepSteps(row);
    } catch (error) {
      this.#unswept.push(row);
      throw error;
    }
  }

  *#sweepSteps(row: number): Generator<void> {
    for (let more = true; more; ) {
      this.#commits.transaction(() => {
        let bytes = 0;
        let end: number | undefined;
        for (const batch of this.#statements.oldest.iterate(row, SWEPT_PER_STEP)) {
          bytes += Number(batch.bytes);
          end = Number(batch.next_offset);
          if (bytes > SWEPT_BYTES_PER_STEP) break;
        }
        if (end !== undefined) this.#statements.deleteBefore.run(row, end);
        else this.#statements.deletePartition.run(row);
        more = end !== undefined;
      });
      yield;
    }
  }
}

function noSuchTopic(topic: string): PlumblineError {
  return new PlumblineError(
    'PLB_TRANSPORT_TOPIC',
    `Cannot write to ${topic}: the topic must exist, got one that was deleted.`,
  );
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  return {
    topics: prepare(
      `SELECT t.id, t.name, t.cleanup, t.retention_ms, p.id AS row, p.partition, p.end_offset
       FROM topics t JOIN partitions p ON p.topic_id = t.id ORDER BY t.name, p.partition`,
    ),
    topicByName: prepare('SELECT id FROM topics WHERE name = ?'),
    topicById: prepare('SELECT id FROM topics WHERE id = ?'),
    insertTopic: prepare(
      'INSERT INTO topics (id, name, cleanup, retention_ms) VALUES (?, ?, ?, ?)',
    ),
    insertPartition: prepare('INSERT INTO partitions (topic_id, partition) VALUES (?, ?)'),
    partitionsOf: prepare('SELECT id FROM partitions WHERE topic_id = ?'),
    partition: prepare(
      'SELECT topic_id, start_offset, end_offset, bytes, clean_bytes FROM partitions WHERE id = ?',
    ),
    extend: prepare('UPDATE partitions SET end_offset = ?, bytes = bytes + ? WHERE id = ?'),
    moveStart: prepare('UPDATE partitions SET start_offset = ?, bytes = bytes - ? WHERE id = ?'),
    insertBatch: prepare(
      `INSERT INTO batches (partition_id, base_offset, next_offset, appended_at, payload)
       VALUES (?, ?, ?, ?, ?)`,
    ),
    oldest: prepare(
      `SELECT next_offset, appended_at, length(payload) AS bytes FROM batches
       WHERE partition_id = ? ORDER BY base_offset LIMIT ?`,
    ),
    deleteBefore: prepare('DELETE FROM batches WHERE partition_id = ? AND base_offset < ?'),
    savePosition: prepare(
      `INSERT INTO positions (consumer_group, topic_id, partition, position, metadata)
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET position = excluded.position, metadata = excluded.metadata`,
    ),
    deleteTopic: prepare('DELETE FROM topics WHERE id = ?'),
    deletePositions: prepare('DELETE FROM positions WHERE topic_id = ?'),
    orphan: prepare('UPDATE partitions SET topic_id = NULL WHERE topic_id = ?'),
    orphans: prepare('SELECT id FROM partitions WHERE topic_id IS NULL'),
    deletePartition: prepare('DELETE FROM partitions WHERE id = ?'),
  };
}
