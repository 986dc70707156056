import type { Transport } from '../port.ts';
import { type KafkaOptions, kafkaSettings } from './kafka-settings.ts';
import { KafkaTransport } from './kafka-transport.ts';

/**
 * The transport over Kafka. No broker need be there yet: calls wait for one for a while, then fail
 * as PLB_TRANSPORT_UNAVAILABLE; wrong passwords, certificates and rights fail at once, with what is
 * wrong and where.
 *
 * kafkajs 2.2.4 (pinned) gives connections, logins and the encoding of most requests. Its consumer,
 * producer and cluster are not used; where its traps are settled:
 *
 * | trap | settled in |
 * |---|---|
 * | a rejoin begins again at committed offsets; pauses and seeks outlive the loss of a partition; batches without a record never arrive; OFFSET_OUT_OF_RANGE commits the default offset; heartbeats wait for handlers | `group/`, a consumer that owns its positions |
 * | aborted records leak out; no CRC check; `lastOffsetDelta` is ignored; RangeError from 125,000 records on | `records/` |
 * | snappy, lz4 and zstd are not there | `records/decompress.ts`, `produce/encode-batch.ts` |
 * | no topic ids; metadata of all topics when none is named | `metadata-request.ts` |
 * | the idempotent producer gives sequence numbers back and skips partitions when leaders move | `kafka-producer.ts`, `produce/` |
 * | timestamps are sorted as text, and 0 means now | `produce/encode-batch.ts` |
 * | a lost connection is used again with half an answer in its buffer; two callers open two sockets; a dead socket is never given up; timers with negative times | `reliable-pool.ts` |
 * | certificates and passwords are read once | `kafka-security.ts` |
 * | "group coordinator is not available" right after a broker's start | `kafka-errors.ts`, `retrying.ts` |
 * | the broker's explanation of a refused topic is dropped | `create-topic-request.ts` |
 * | tagged fields of flexible versions are read one byte short | `metadata-request.ts` |
 * | the console as log, with answers to logins in it | `kafka-logger.ts` |
 */
export async function openKafkaTransport(options: KafkaOptions): Promise<Transport> {
  return new KafkaTransport(kafkaSettings(options));
}
