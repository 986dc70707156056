import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type FoundJava, findJava, JAVA_VERSION } from './find-java.ts';

/** The version that `pom.xml` names. */
const KAFKA_VERSION = '4.1.0';
const POM = join(import.meta.dirname, 'pom.xml');

const run = promisify(execFile);

/** Where a fetched Kafka is. */
export interface FetchedKafka extends FoundJava {
  /** Folder of its own in the user's cache; what can be made once for all starts is kept here. */
  readonly folder: string;
  /** The jars, in the order in which they are loaded. */
  readonly classpath: string;
}

/** `XDG_CACHE_HOME` or `~/.cache`, as the XDG specification says. */
export function kafkaFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(
    env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'plumbline',
    `kafka-${KAFKA_VERSION}`,
  );
}

/**
 * Fetches Kafka from Maven Central unless it is in the cache already.
 *
 * Processes may do so at the same time: each fetches into a folder of its own, and the first to
 * finish gives it the name that counts.
 *
 * @throws PlumblineError PLB_KAFKA_TOOLS where Java or Maven is missing or Java is too old;
 *   PLB_KAFKA_FETCH where Maven fails.
 */
export async function fetchKafka(env: NodeJS.ProcessEnv = process.env): Promise<FetchedKafka> {
  const found = findJava(env);
  if ('missing' in found) {
    throw new PlumblineError('PLB_KAFKA_TOOLS', `Cannot run Kafka: ${found.missing}`, {
      fix: `Install Java ${JAVA_VERSION} or newer (Debian: apt install default-jre-headless).`,
    });
  }
  const folder = kafkaFolder(env);
  const jars = join(folder, 'jars');
  if (!existsSync(jars)) await fetchJars(folder, env);
  const names = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort();
  return { ...found, folder, classpath: names.map((name) => join(jars, name)).join(':') };
}

/** What keeps this machine from running Kafka, in words for whoever reads a skipped test. */
export function missingForKafka(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (process.platform === 'win32') return 'the test brokers are not made for Windows';
  const found = findJava(env);
  if ('missing' in found) return found.missing;
  if (existsSync(join(kafkaFolder(env), 'jars'))) return undefined;
  const { error } = spawnSync('mvn', ['--version'], { env, stdio: 'ignore' });
  return error === undefined
    ? undefined
    : 'Maven, which fetches Kafka, is missing (no program mvn)';
}

async function fetchJars(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true });
  const fetching = await mkdtemp(`${folder}.`);
  try {
    await run(
      'mvn',
      [
        ...['-q', '-B', '-f', POM, 'dependency:copy-dependencies', '-DincludeScope=runtime'],
        `-DoutputDirectory=${join(fetching, 'jars')}`,
      ],
      { env, maxBuffer: 16 * 1024 * 1024 },
    );
    await rename(fetching, folder);
  } catch (error) {
    await rm(fetching, { recursive: true, force: true });
    if (existsSync(join(folder, 'jars'))) return;
    throw fetchError(error);
  }
}

function fetchError(error: unknown): PlumblineError {
  const failure = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
  if (failure.code === 'ENOENT') {
    return new PlumblineError(
      'PLB_KAFKA_TOOLS',
      'Cannot fetch Kafka: Maven is missing (no program mvn on the PATH)',
      {
        fix: 'Install Maven (Debian: apt install maven; macOS: brew install maven).',
        cause: error,
      },
    );
  }
  const said = `${failure.stdout ?? ''}\n${failure.stderr ?? ''}`
    .split('\n')
    .filter((line) => line.includes('ERROR'))
    .slice(0, 3)
    .join('\n');
  return new PlumblineError(
    'PLB_KAFKA_FETCH',
    `Cannot fetch Kafka ${KAFKA_VERSION} from Maven Central: ${said || failure.message}`,
    { fix: 'Check that Maven reaches its repository (~/.m2/settings.xml).', cause: error },
  );
}
