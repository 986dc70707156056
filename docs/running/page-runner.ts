import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '#deploy/kafka/free-ports.ts';
import type { CommandStep, PageStep } from './page-steps.ts';
import { missingPiece } from './stated-output.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Stand in the pages for whatever ports the servers took. */
const WRITTEN_PORT = '8080';
const WRITTEN_KAFKA_PORT = '9092';
const KAFKA = 'npm run kafka';
const DEADLINE_MS = 30_000;
/** The first start of Kafka on a machine fetches it. */
const KAFKA_DEADLINE_MS = 240_000;
const ASK_EVERY_MS = 200;

/** Ports that were taken, by the ports that the page writes. */
type Ports = Map<string, string>;

interface Running {
  readonly child: ChildProcess;
  output(): string;
  readonly exit: Promise<number | null>;
}

/**
 * Does what a page says in a temporary folder that looks like the project's: its entries are links,
 * so that commands find everything and what they write stays in the folder. Servers take a free
 * port and end with the page.
 *
 * @throws Error with the page's line when a command ends otherwise than the page says.
 */
export async function runPage(steps: readonly PageStep[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-docs-'));
  const servers: Running[] = [];
  const ports: Ports = new Map();
  try {
    const path = prepareFolder(folder);
    for (const step of steps) {
      if (step.kind === 'file') {
        const file = join(folder, step.name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, withPorts(onFreePort(step), ports));
        continue;
      }
      if (step.command === KAFKA) ports.set(WRITTEN_KAFKA_PORT, String((await freePorts(1))[0]));
      const command = withPorts(onFreePorts(step.command, ports), ports);
      const start = () => launch(command, { folder, path });
      if (step.server) {
        const server = start();
        servers.push(server);
        await untilServing(server, { step, ports });
      } else await untilAsStated(start, { step, ports });
    }
  } finally {
    // Who came last goes first: it may need the others to end well.
    for (const server of servers.reverse()) await stop(server);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Links to the project's entries, and `plumbline` and `npx plumbline` as commands. */
function prepareFolder(folder: string): string {
  for (const name of readdirSync(ROOT)) {
    if (!name.startsWith('.')) symlinkSync(join(ROOT, name), join(folder, name));
  }
  const commands = join(folder, '.commands');
  mkdirSync(commands);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly bin: { readonly plumbline: string };
  };
  const cli = join(ROOT, manifest.bin.plumbline);
  const plumbline = `exec ${JSON.stringify(process.execPath)} ${JSON.stringify(cli)}`;
  const files = {
    plumbline: `#!/bin/sh\n${plumbline} "$@"\n`,
    npx: `#!/bin/sh\n[ "$1" = plumbline ] || exit 127\nshift\n${plumbline} "$@"\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(commands, name), text, { mode: 0o755 });
  }
  return [commands, dirname(process.execPath), process.env.PATH].join(delimiter);
}

/** A configuration that leaves the port to the default takes any free one instead. */
function onFreePort({ name, text }: { readonly name: string; readonly text: string }): string {
  const configures = name.endsWith('.yaml') && /^streams:/m.test(text);
  return configures && !/^server:/m.test(text) ? `${text}server: { port: 0 }\n` : text;
}

/** Commands that take a port get a free one. */
function onFreePorts(command: string, ports: Ports): string {
  if (command === KAFKA) return `${KAFKA} -- --port ${ports.get(WRITTEN_KAFKA_PORT)}`;
  return command.replace(/^(npx )?plumbline demo\b/, '$& --port 0');
}

function withPorts(text: string, ports: Ports): string {
  return [...ports].reduce(
    (result, [written, taken]) => result.replaceAll(`:${written}`, `:${taken}`),
    text,
  );
}

function launch(
  command: string,
  { folder, path }: { readonly folder: string; readonly path: string },
): Running {
  // A group of its own, so that a server and what it started can be ended by its id.
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    env: { ...process.env, PATH: path, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { child, output: () => output, exit };
}

/** Waits for what the page says a server prints, and notes its port. */
async function untilServing(
  server: Running,
  { step, ports }: { readonly step: CommandStep; readonly ports: Ports },
): Promise<void> {
  const deadline = step.command === KAFKA ? KAFKA_DEADLINE_MS : DEADLINE_MS;
  let ended = false;
  server.exit.finally(() => {
    ended = true;
  });
  for (const begun = performance.now(); ; await pause(ASK_EVERY_MS)) {
    const port = /http:\/\/localhost:(\d+)/.exec(server.output())?.[1];
    if (port !== undefined) ports.set(WRITTEN_PORT, port);
    const output = asWritten(server.output(), ports);
    const missing = missingPiece(step.stated, output);
    if ((port !== undefined || step.command === KAFKA) && missing === null) return;
    if (ended || performance.now() - begun > deadline) {
      throw failure(step, { output, what: `the server did not say: ${missing}` });
    }
  }
}

/** Runs a command; one that asks a server is asked again until the answer is there. */
async function untilAsStated(
  start: () => Running,
  { step, ports }: { readonly step: CommandStep; readonly ports: Ports },
): Promise<void> {
  for (const begun = performance.now(); ; await pause(ASK_EVERY_MS)) {
    const running = start();
    const timer = setTimeout(() => kill(running, 'SIGKILL'), DEADLINE_MS);
    const code = await running.exit.finally(() => clearTimeout(timer));
    const output = asWritten(running.output(), ports);
    const missing = missingPiece(step.stated, output);
    if (code === step.exitCode && missing === null) return;
    const asks = ports.has(WRITTEN_PORT) && step.command.startsWith('curl');
    if (asks && performance.now() - begun < DEADLINE_MS) continue;
    const what =
      missing === null
        ? `the exit code is ${code}, not ${step.exitCode}`
        : `not in the output: ${missing}`;
    throw failure(step, { output, what });
  }
}

function asWritten(output: string, ports: Ports): string {
  return [...ports].reduce(
    (result, [written, taken]) => result.replaceAll(`:${taken}`, `:${written}`),
    output,
  );
}

function failure(
  { line, command }: CommandStep,
  { output, what }: { readonly output: string; readonly what: string },
): Error {
  return new Error(`line ${line}: ${command}\n${what}\n--- output\n${output}`);
}

async function stop(server: Running): Promise<void> {
  kill(server, 'SIGTERM');
  const timer = setTimeout(() => kill(server, 'SIGKILL'), 10_000);
  await server.exit.finally(() => clearTimeout(timer));
}

function kill({ child }: Running, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, signal);
}
