import type { Transport } from '#libs/transport/port.ts';

/** The same log, but for the calls that a test replaces to let something go wrong. */
export function alteredTransport(
  transport: Transport,
  changes: Partial<Pick<Transport, 'describe' | 'join' | 'send'>>,
): Transport {
  return {
    kind: transport.kind,
    ensureTopic: (spec) => transport.ensureTopic(spec),
    describe: (topic) => transport.describe(topic),
    deleteTopic: (topic) => transport.deleteTopic(topic),
    send: (topic, records) => transport.send(topic, records),
    read: (from, maxBytes) => transport.read(from, maxBytes),
    committed: (group, topic) => transport.committed(group, topic),
    join: (options) => transport.join(options),
    close: () => transport.close(),
    ...changes,
  };
}
