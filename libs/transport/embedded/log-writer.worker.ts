import { codedLogError } from './log-database.ts';
import { LogWriter } from './log-writer.ts';
import type { LogOptions, WriterCalls } from './protocol.ts';
import { answerCalls } from './worker-calls.ts';

/*
 * The thread that owns the log: its connection is the only one that writes. Reading has a thread
 * of its own (log-reader.worker.ts), because a read must not wait for the fsync of a commit: with
 * a write-ahead log readers and the writer do not lock each other out, but one thread can do only
 * one of the two at a time.
 */
let writer: LogWriter | undefined;

function opened(): LogWriter {
  if (writer === undefined) throw new Error('open must be called first');
  return writer;
}

answerCalls<WriterCalls>({
  async open(options: LogOptions) {
    try {
      writer = new LogWriter(options);
      return writer.topics();
    } catch (error) {
      throw codedLogError(error, options);
    }
  },
  ensureTopic: (request) => opened().ensureTopic(request),
  deleteTopic: (request) => opened().deleteTopic(request),
  append: (request) => opened().append(request),
  commit: (request) => opened().commit(request),
  close: () => opened().close(),
});
