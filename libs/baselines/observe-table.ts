import { formatPath } from '#libs/profiles/json-path.ts';
import { ColumnObserver, type Observation } from './column-observer.ts';
import type { Table } from './readers/table.ts';
import { compileSourceCell } from './source-cell.ts';

export interface ObserveOptions {
  /** Paths to observe besides what is discovered. */
  readonly paths: readonly string[];
  /** Observe every scalar of the rows, members of nested objects too. */
  readonly discover: boolean;
  /** Rows of the sample: the first ones. */
  readonly rows: number;
}

export interface TableObservation {
  readonly rows: number;
  readonly columns: readonly string[];
  /** By JSON path, in the order of first occurrence. */
  readonly discovered: ReadonlyMap<string, { readonly name: string; readonly seen: Observation }>;
  readonly named: ReadonlyMap<string, Observation>;
}

/** Objects nested deeper are left out. */
const MAX_DEPTH = 6;

/** Looks at the first rows of a table. @throws what reading the table throws. */
export async function observeTable(
  table: Table,
  options: ObserveOptions,
): Promise<TableObservation> {
  const named = options.paths.map((path) => ({
    path,
    cell: compileSourceCell(path),
    observer: new ColumnObserver(table.textual),
  }));
  const discovery = new Discovery(table.textual);
  const columns = new Set(table.columns);
  let rows = 0;
  const wanted = options.discover ? {} : { columns: named.map(({ cell }) => cell.column) };
  for await (const batch of table.batches(wanted)) {
    const take = Math.min(batch.rows, options.rows - rows);
    for (const name of batch.names) columns.add(name);
    for (const { cell, observer } of named) {
      const cells = batch.column(cell.column);
      for (let i = 0; i < take; i++) observer.add(cells && cell.read(cells[i]));
    }
    if (options.discover) {
      for (const name of batch.names) {
        const cells = batch.column(name) ?? [];
        for (let i = 0; i < take; i++) discovery.add(cells[i], [name]);
      }
    }
    rows += take;
    if (rows >= options.rows) break;
  }
  return {
    rows,
    columns: [...columns],
    discovered: discovery.result(),
    named: new Map(named.map(({ path, observer }) => [path, observer.observation()])),
  };
}

interface Node {
  readonly keys: readonly string[];
  readonly observer: ColumnObserver;
  readonly members: Map<string, Node>;
}

class Discovery {
  readonly #textual: boolean;
  readonly #roots = new Map<string, Node>();

  constructor(textual: boolean) {
    this.#textual = textual;
  }

  add(value: unknown, [name]: readonly [string]): void {
    this.#walk(value, this.#node(this.#roots, [name]));
  }

  #node(siblings: Map<string, Node>, keys: readonly string[]): Node {
    const name = keys.at(-1) ?? '';
    const known = siblings.get(name);
    if (known !== undefined) return known;
    const node = { keys, observer: new ColumnObserver(this.#textual), members: new Map() };
    siblings.set(name, node);
    return node;
  }

  #walk(value: unknown, node: Node): void {
    const nested = typeof value === 'object' && value !== null && isPlain(value);
    if (!nested) node.observer.add(value);
    else if (node.keys.length < MAX_DEPTH) {
      for (const [key, member] of Object.entries(value)) {
        this.#walk(member, this.#node(node.members, [...node.keys, key]));
      }
    }
  }

  result(): Map<string, { name: string; seen: Observation }> {
    const found = new Map<string, { name: string; seen: Observation }>();
    const collect = (nodes: Iterable<Node>): void => {
      for (const { keys, observer, members } of nodes) {
        const seen = observer.observation();
        // An object that is now and then null is no field of its own.
        if (seen.present > 0 || members.size === 0) {
          found.set(formatPath(keys), { name: keys.join('.'), seen });
        }
        collect(members.values());
      }
    };
    collect(this.#roots.values());
    return found;
  }
}

function isPlain(value: object): boolean {
  return !Array.isArray(value) && !(value instanceof Date) && !ArrayBuffer.isView(value);
}
