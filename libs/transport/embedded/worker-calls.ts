import { type MessagePort, parentPort, type Transferable, type Worker } from 'node:worker_threads';
import type { ErrorCode } from '#libs/errors/catalogue.ts';
import { type ErrorDetail, PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Calls a worker answers: each takes one request and gives one reply, both plain data. */
type CallsOf<C> = { [K in keyof C]: (request: never) => Promise<unknown> };

interface Request {
  readonly id: number;
  readonly call: string;
  readonly request: unknown;
}

type Reply =
  | { readonly id: number; readonly reply: unknown }
  | {
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly detail: ErrorDetail;
    };

/** Answers calls in a worker. A handler adds to `transfer` the buffers that its reply gives away. */
export function answerCalls<C extends CallsOf<C>>(
  handlers: {
    [K in keyof C]: (
      request: Parameters<C[K]>[0],
      transfer: Transferable[],
    ) => Awaited<ReturnType<C[K]>> | ReturnType<C[K]>;
  },
): void {
  const port = parentPort;
  if (port === null) throw new Error('answerCalls must run inside a worker');
  const table = handlers as unknown as Record<
    string,
    (request: unknown, transfer: Transferable[]) => unknown
  >;
  port.on('message', (message: Request) => {
    const transfer: Transferable[] = [];
    // Called at once, not in a later turn: the order of the calls is the order of the log.
    new Promise((resolve) => resolve(table[message.call]?.(message.request, transfer))).then(
      (reply) => answer(port, { id: message.id, reply }, transfer),
      (error: unknown) => answer(port, failure(message.id, error), []),
    );
  });
}

function answer(port: MessagePort, reply: Reply, transfer: Transferable[]): void {
  port.postMessage(reply, transfer);
}

function failure(id: number, error: unknown): Reply {
  if (error instanceof PlumblineError) {
    return { id, code: error.code, message: error.message, detail: error.detail };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { id, code: 'PLB_INTERNAL', message, detail: {} };
}

/** The main thread's side of `answerCalls`. */
export class WorkerCaller<C extends CallsOf<C>> {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve(reply: unknown): void; reject(error: Error): void }
  >();
  #nextId = 0;
  #ended: PlumblineError | undefined;

  /** `lost` is called once if the worker ends before `terminate`. */
  constructor(worker: Worker, lost: (error: PlumblineError) => void) {
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error: unknown) => this.#lose(lost, error));
    worker.on('exit', (code) => this.#lose(lost, new Error(`it ended with code ${code}`)));
  }

  call<K extends keyof C & string>(
    call: K,
    request: Parameters<C[K]>[0],
    transfer: readonly Transferable[] = [],
  ): Promise<Awaited<ReturnType<C[K]>>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (reply: unknown) => void, reject });
      this.#worker.postMessage({ id, call, request } satisfies Request, transfer);
    });
  }

  async terminate(): Promise<void> {
    this.#end(new PlumblineError('PLB_TRANSPORT_CLOSED', 'Cannot use a transport that is closed.'));
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('reply' in reply) waiting?.resolve(reply.reply);
    else waiting?.reject(new PlumblineError(reply.code, reply.message, reply.detail));
  }

  #lose(lost: (error: PlumblineError) => void, cause: unknown): void {
    if (this.#ended !== undefined) return;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new PlumblineError(
      'PLB_TRANSPORT_UNAVAILABLE',
      `Cannot go on: the thread that owns the log must be running, got "${reason}".`,
      { cause },
    );
    this.#end(error);
    lost(error);
  }

  #end(error: PlumblineError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
