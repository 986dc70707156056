import { type Admin, Kafka, logLevel } from 'kafkajs';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;

/** Does something as administrator through the brokers' internal listener. */
export async function withAdmin<T>(
  addresses: readonly string[],
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  // After each answer kafkajs 2.2.4 sets a timer with a negative time, of which Node.js warns.
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleIfAny() {
    if (this.pending.length > 0) schedule.call(this);
  };
  const admin = new Kafka({
    clientId: 'deploy-kafka',
    brokers: [...addresses],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5000,
    // Whoever calls waits and asks again.
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
