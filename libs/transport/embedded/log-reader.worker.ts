import { codedLogError } from './log-database.ts';
import { LogReader } from './log-reader.ts';
import type { LogOptions, ReaderCalls } from './protocol.ts';
import { answerCalls } from './worker-calls.ts';

/* The thread that reads the log; log-writer.worker.ts says why there are two. */
let reader: LogReader | undefined;
let directory = '';

function coded<T>(body: (opened: LogReader) => T): T {
  if (reader === undefined) throw new Error('open must be called first');
  try {
    return body(reader);
  } catch (error) {
    throw codedLogError(error, { directory });
  }
}

answerCalls<ReaderCalls>({
  async open(options: LogOptions) {
    directory = options.directory;
    try {
      reader = new LogReader(options);
    } catch (error) {
      throw codedLogError(error, options);
    }
  },
  read: async (request, transfer) => coded((opened) => opened.read(request, transfer)),
  describe: async (request) => coded((opened) => opened.describe(request)),
  committed: async (request) => coded((opened) => opened.committed(request)),
  close: async () => coded((opened) => opened.close()),
});
