import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  configText,
  createLab,
  FIRST_EVENT,
  orders,
  toLines,
  trainingRows,
} from './testing/lab.ts';
import { addressIn, type CliProcess, endAll, eventually, spawnCli } from './testing/run-cli.ts';
import { requireNode } from './version.ts';

/** What a person who has pressed Ctrl+C is ready to wait. */
const PATIENCE_MS = 2000;
/** A machine that runs other tests as well is given this on top. */
const LOAD_MS = 3000;
const FLIGHTS = fileURLToPath(
  new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const lab = createLab();

beforeAll(() => {
  lab.write('train.ndjson', toLines(trainingRows()));
  lab.write('events.ndjson', toLines(orders(20_000, { from: FIRST_EVENT, every: 1000 })));
});
afterEach(() => endAll());
afterAll(() => lab.remove());

function startOn(
  name: string,
  options: Partial<Parameters<typeof configText>[0]> = {},
): CliProcess {
  const text = configText({ data: name, source: 'events.ndjson', ...options });
  return spawnCli(['start', '-c', lab.write(`${name.replace('/', '-')}.yaml`, text)]);
}

const addressOf = (service: CliProcess) => eventually('an address', () => addressIn(service.out()));

async function end(command: CliProcess, signal: NodeJS.Signals): Promise<number | null> {
  const begun = performance.now();
  command.kill(signal);
  const { code } = await command.exit;
  expect(performance.now() - begun).toBeLessThan(PATIENCE_MS + LOAD_MS);
  return code;
}

const tallies = (url: string, condition: string) =>
  eventually(`the stream is ${condition}`, async () => {
    const answer = await fetch(`${url}/api/v1/streams`);
    if (!answer.ok) return undefined;
    const { items } = (await answer.json()) as {
      items: { status: { condition: string; tallies: Record<string, number> } }[];
    };
    const status = items[0]?.status;
    return status?.condition === condition ? status.tallies : undefined;
  });

describe('two that want the same', () => {
  test('a data directory, its baselines and a port have one owner, who goes on', async () => {
    const first = startOn('owned');
    const url = await addressOf(first);
    const locked = `belongs to process ${first.pid} (plumbline)`;
    const port = Number(new URL(url).port);
    const others = [
      { command: startOn('second', { data: 'owned' }), says: locked },
      { command: startOn('third', { port }), says: `port must be free, got ${port}` },
      { command: spawnCli(['baseline', 'list', '--data', lab.at('owned')]), says: locked },
    ];
    for (const { command, says } of others) {
      expect(await command.exit).toEqual({ code: 2, signal: null });
      expect(command.err()).toContain(says);
      expect(command.err().match(/PLB_/g)).toHaveLength(1);
      expect(command.out()).toBe('');
    }
    expect(await tallies(url, 'ended')).toEqual({ events: 20_000 });
    expect(await end(first, 'SIGTERM')).toBe(0);
  });

  test('a port that another program has', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const command = startOn('taken', { port });
    expect((await command.exit).code).toBe(2);
    expect(command.err()).toMatch(/PLB_LISTEN_PORT .*got \d+.*\(server\.port\)\n {2}fix: /);
    server.close();
  });
});

describe('Ctrl+C and SIGTERM', () => {
  test.each<[string, NodeJS.Signals, string]>([
    ['as soon as there is a data directory', 'SIGINT', 'store'],
    ['while a long baseline is read', 'SIGTERM', 'log/log.sqlite'],
  ])('%s', async (when, signal, made) => {
    const data = when.replaceAll(' ', '-');
    const service = startOn(data, { baseline: FLIGHTS });
    await eventually(made, () => existsSync(lab.at(join(data, made))));
    expect(await end(service, signal)).toBe(130);
    // At once: nothing has begun that would have to be brought to an end.
    expect(service.out() + service.err()).toBe('');
  });

  test('while events are read, and the next start goes on to the exact end', async () => {
    const text = { source: 'many.ndjson' };
    lab.write('many.ndjson', toLines(orders(150_000, { from: FIRST_EVENT, every: 1000 })));
    const first = startOn('broken-off', text);
    await addressOf(first);
    await eventually('some events', () => first.out().includes('stream orders: '));
    expect([0, 130]).toContain(await end(first, 'SIGINT'));
    const second = startOn('broken-off', text);
    expect(await tallies(await addressOf(second), 'ended')).toEqual({ events: 150_000 });
    expect(second.out()).toContain('unchanged');
    expect(await end(second, 'SIGINT')).toBe(0);
  });

  test('in the demo', async () => {
    const demo = spawnCli(['demo', '--port', '0', '--speed', '0', '--data', lab.at('demo')]);
    await eventually('events', () => demo.err().includes('stream flights: '));
    expect([0, 130]).toContain(await end(demo, 'SIGTERM'));
    expect(demo.err()).not.toMatch(/PLB_|^\{/m);
  });
});

test('with a source that is not there the service stays up and says so', async () => {
  const service = startOn('sourceless', { source: 'absent.ndjson' });
  const url = await addressOf(service);
  await eventually('a log entry', () => service.err().includes('Cannot feed'));
  const entry = service
    .err()
    .split('\n')
    .find((line) => line.includes('Cannot feed'));
  expect(JSON.parse(entry!)).toMatchObject({
    level: 'error',
    code: 'PLB_FILE_NOT_FOUND',
    msg: `Cannot feed stream orders from ${lab.at('absent.ndjson')}: there is no such file or directory; nothing more is read from it until the next start (streams.orders.source.file)`,
  });
  expect(await tallies(url, 'waiting')).toEqual({});
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('failures_total{role="transport",code="PLB_FILE_NOT_FOUND"} 1');
  expect(await end(service, 'SIGTERM')).toBe(0);
});

test('whoever stops reading the output ends no command in a stack trace', async () => {
  const command = spawnCli(['--help']);
  command.closeOutput();
  expect((await command.exit).code).toBe(0);
  expect(command.err()).toBe('');
});

test('a Node.js that is too old is told so, by the launcher and by the program alike', async () => {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`;
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
  const launcher = spawnCli(['--version'], {
    nodeArgs,
    entry: fileURLToPath(new URL('./plumbline.js', import.meta.url)),
  });
  const program = spawnCli(['--version'], { nodeArgs });
  expect((await launcher.exit).code).toBe(2);
  expect((await program.exit).code).toBe(2);
  expect(launcher.err()).toContain('PLB_RUNTIME_UNSUPPORTED Cannot run on Node.js 20.1.0');
  expect(launcher.err()).toContain('fix: run through npm');
  expect(program.err()).toBe(launcher.err());
  expect(() => requireNode('24.0.0')).not.toThrow();
});

/** Mounts a small file system until the test ends; answers why that cannot be, where it cannot. */
function mountSmall(folder: string, size: string): string | null {
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  onTestFinished(() => {
    // The process that writes there may still be ending.
    execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
  });
  return null;
}

test('a full disk is said, retried, and made up for to the last event', async ({ skip }) => {
  const refusal = mountSmall(lab.at('disk'), '4m');
  skip(refusal !== null, `needs the right to mount a small disk: ${refusal}`);
  lab.write('three.ndjson', toLines(orders(60_000, { from: FIRST_EVENT, every: 1000 })));
  const service = startOn('disk/data', { source: 'three.ndjson' });
  const url = await addressOf(service);
  const problem = await eventually('503', async () => {
    const answer = await fetch(`${url}/readyz`);
    return answer.status === 503 ? answer.text() : undefined;
  });
  expect(problem).toContain('the disk must have space left');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(service.err()).toContain('"code":"PLB_STORE_FULL","outcome":"retries"');
  execFileSync('mount', ['-o', 'remount,size=200m', lab.at('disk')]);
  expect(await tallies(url, 'ended')).toEqual({ events: 60_000 });
  await eventually('ready', async () => (await fetch(`${url}/readyz`)).ok || undefined);
  expect(await end(service, 'SIGTERM')).toBe(0);
});
