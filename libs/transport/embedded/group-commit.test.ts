import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { GroupCommit } from './group-commit.ts';

let database: DatabaseSync;
let commits: GroupCommit;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (n INTEGER UNIQUE NOT NULL)');
  commits = new GroupCommit({ database, coded: (error) => new Error('coded', { cause: error }) });
});

const insert = (n: number) => () => {
  // Whether others of this transaction can be seen already tells how writes were grouped.
  const before = database.prepare('SELECT count(*) AS n FROM t').get()?.n;
  database.prepare('INSERT INTO t VALUES (?)').run(n);
  return before;
};
const rows = () =>
  database
    .prepare('SELECT n FROM t ORDER BY rowid')
    .all()
    .map(({ n }) => n);

test('writes of one turn share a transaction, in the order of the calls', async () => {
  let begun = 0;
  const exec = database.exec.bind(database);
  database.exec = (sql) => {
    if (sql.startsWith('BEGIN')) begun += 1;
    exec(sql);
  };
  const results = await Promise.all([3, 1, 2].map((n) => commits.submit(0, insert(n))));
  expect(results).toEqual([0, 1, 2]);
  expect(rows()).toEqual([3, 1, 2]);
  expect(begun).toBe(1);
});

test('a write that fails leaves nothing behind and fails no other', async () => {
  const outcomes = await Promise.allSettled([
    commits.submit(0, insert(1)),
    commits.submit(0, () => {
      insert(2)();
      insert(1)();
    }),
    commits.submit(0, () => {
      throw new PlumblineError('PLB_TRANSPORT_TOPIC', 'refused');
    }),
    commits.submit(0, insert(3)),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(outcomes[1]).toMatchObject({ reason: { message: 'coded' } });
  expect(outcomes[2]).toMatchObject({ reason: { code: 'PLB_TRANSPORT_TOPIC' } });
  expect(rows()).toEqual([1, 3]);
});

test('background work gets on between writes, and a failing piece stops no other', async () => {
  let steps = 0;
  function* failing(): Generator<void> {
    yield;
    throw new Error('no');
  }
  function* counting(): Generator<void> {
    for (; steps < 5; steps += 1) yield;
  }
  commits.background(failing());
  commits.background(counting());
  for (let n = 0; steps < 5; n += 1) {
    expect(n).toBeLessThan(50);
    await commits.submit(0, insert(n));
  }
});

test('close writes what is pending and refuses what comes later', async () => {
  const pending = commits.submit(0, insert(1));
  commits.close();
  await pending;
  expect(rows()).toEqual([1]);
  await expect(commits.submit(0, insert(2))).rejects.toThrow(
    expect.objectContaining({ code: 'PLB_TRANSPORT_CLOSED' }),
  );
});
