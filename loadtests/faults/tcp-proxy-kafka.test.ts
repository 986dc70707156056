import { afterAll, expect, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { withAdmin } from '#deploy/kafka/with-admin.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const proxies: TcpProxy[] = [];

describeOnKafka(
  'Kafka behind a proxy',
  (kafka) => {
    afterAll(() => Promise.all(proxies.map((proxy) => proxy.close())));

    test('tells clients the address of the proxy, so that nothing goes past it', async () => {
      const [proxy] = proxies.slice(-1);
      if (proxy === undefined) throw new Error('nothing was advertised');
      const { host, port } = proxy.address;
      expect(kafka().bootstrap).toEqual([`${host}:${port}`]);
      const { brokers } = await withAdmin(kafka().bootstrap, (admin) => admin.describeCluster());
      expect(brokers).toEqual([{ nodeId: 1, host, port }]);

      proxy.set({ kind: 'refuse' });
      await expect(withAdmin(kafka().bootstrap, (admin) => admin.listTopics())).rejects.toThrow();
      proxy.set({ kind: 'pass' });
      // The harness itself takes no part in the faults of clients.
      proxy.set({ kind: 'stall' });
      await kafka().brokers[0]?.stop();
      await kafka().brokers[0]?.start();
      await kafka().inSync();
      proxy.set({ kind: 'pass' });
      const topics = await withAdmin(kafka().bootstrap, (admin) => admin.listTopics());
      expect(topics).toContain('__consumer_offsets');
    });
  },
  {
    async advertise(target) {
      const proxy = await openTcpProxy(target);
      proxies.push(proxy);
      return proxy.address;
    },
  },
);
