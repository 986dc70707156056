import { BASELINE_END, FLIGHTS_START, flightsFile } from './flights.ts';

/** Topic of the demo's events. */
export const FLIGHTS_TOPIC = 'demo.flights';

/**
 * The demo's configuration, as a user would write it: two monitors over one profile. `daily` takes
 * every day on its own, so a single unusual day shows; `weekly` knows how much January varied.
 */
export function demoConfig(options: {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly partitions: number;
}): string {
  const iso = (time: number) => new Date(time).toISOString();
  return `instance: demo
data: ${JSON.stringify(options.dataDirectory)}
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
