import { BASELINE_END, FLIGHTS_START, flightsFile } from './flights.ts';

/** Topic of the demo's events. */
export const FLIGHTS_TOPIC = 'plumbline-demo.flights';
/** Prefix of the demo's topics and groups: on a shared Kafka nothing else is called so. */
export const DEMO_INSTANCE = 'plumbline-demo';

/**
 * The demo's configuration, as a user would write it: two monitors over one profile. `daily` takes
 * every day on its own, so a single unusual day shows; `weekly` knows how much January varied.
 */
export function demoConfig(options: {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly partitions: number;
  /** Kafka's brokers; the embedded log unless given. */
  readonly brokers?: readonly string[] | undefined;
}): string {
  const iso = (time: number) => new Date(time).toISOString();
  const kafka =
    options.brokers === undefined ? '' : `kafka: { brokers: ${JSON.stringify(options.brokers)} }\n`;
  return `instance: ${DEMO_INSTANCE}
${kafka}data: ${JSON.stringify(options.dataDirectory)}
server: { host: ${JSON.stringify(options.host)}, port: ${options.port} }
streams:
  flights:
    topics: [${FLIGHTS_TOPIC}]
    time: $.date
    partitions: ${options.partitions}
    publish_every: 1s
baselines:
  january:
    file: ${JSON.stringify(flightsFile())}
    time: $.date
    from: ${iso(FLIGHTS_START)}
    to: ${iso(BASELINE_END)}
    derive: { hour: { hour_of_day: $.date } }
monitors:
  daily:
    stream: flights
    baseline: january
    window: 1d
    pane: 1d
    evidence: iid
    owner: data-eng
    notify_max_age: 36500d
    retention: { panes: 400d }
  weekly:
    stream: flights
    baseline: january
    window: 7d
    hop: 1d
    pane: 1d
    owner: data-eng
    notify_max_age: 36500d
    retention: { panes: 400d }
`;
}
