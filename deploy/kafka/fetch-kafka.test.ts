import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchKafka, kafkaFolder, missingForKafka } from './fetch-kafka.ts';

const PATH = process.env.PATH ?? '';

describe('fetchKafka', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-fetch-'));
    program('java', `echo 'openjdk version "21.0.1" 2023-10-17' >&2`);
    env = { PATH: [folder, PATH].join(delimiter), XDG_CACHE_HOME: join(folder, 'cache') };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function program(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  /** Only the programs of this test, and a shell for them. */
  function without(name: string): NodeJS.ProcessEnv {
    rmSync(join(folder, name), { force: true });
    return { ...env, PATH: folder };
  }

  test('says in words what is missing', async () => {
    expect(missingForKafka(without('mvn'))).toMatch(/Maven/);
    await expect(fetchKafka(without('mvn'))).rejects.toMatchObject({
      code: 'PLB_KAFKA_TOOLS',
      message: expect.stringContaining('Maven is missing'),
    });
    program('java', `echo 'openjdk version "11.0.2" 2019-01-15' >&2`);
    expect(missingForKafka(env)).toBe('Java must be 17 or newer, got 11');
    expect(missingForKafka(without('java'))).toMatch(/no Java/);
    await expect(fetchKafka(without('java'))).rejects.toMatchObject({ code: 'PLB_KAFKA_TOOLS' });
    expect(missingForKafka({ ...env, JAVA_HOME: join(folder, 'nowhere') })).toMatch(/nowhere/);
  });

  test('shows what Maven complains of and leaves nothing behind', async () => {
    program('mvn', `echo '[ERROR] Could not transfer artifact'; exit 1`);
    await expect(fetchKafka(env)).rejects.toMatchObject({
      code: 'PLB_KAFKA_FETCH',
      message: expect.stringContaining('Could not transfer artifact'),
    });
    expect(readdirSync(dirname(kafkaFolder(env)))).toEqual([]);
  });

  test('is fetched once, also by several at the same time, and whole whenever it is there', async () => {
    // Each writes one jar, waits for all the others to have begun, and writes the next.
    const begun = join(folder, 'begun');
    program(
      'mvn',
      `for word; do case $word in -DoutputDirectory=*) jars=\${word#*=};; esac; done
       mkdir -p "$jars"; echo one > "$jars/a.jar"; echo begun >> "${begun}"
       while [ "$(wc -l < "${begun}")" -lt 3 ]; do sleep 0.02; done
       echo two > "$jars/b.jar"`,
    );
    const fetched = await Promise.all([fetchKafka(env), fetchKafka(env), fetchKafka(env)]);
    const jars = ['a.jar', 'b.jar'].map((name) => join(kafkaFolder(env), 'jars', name));
    for (const { classpath } of fetched) expect(classpath).toBe(jars.join(':'));
    expect(readdirSync(dirname(kafkaFolder(env)))).toEqual(['kafka-4.1.0']);
    rmSync(join(folder, 'mvn'));
    expect(missingForKafka({ ...env, PATH: folder })).toBeUndefined();
    expect((await fetchKafka({ ...env, PATH: folder })).classpath).toBe(jars.join(':'));
    expect(existsSync(jars[1] ?? '')).toBe(true);
  });
});
