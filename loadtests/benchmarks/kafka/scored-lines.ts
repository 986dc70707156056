import { createScoredWorkload } from '../scored-workload.ts';

const NEWLINE = 10;

/** The lines of the first events, one JSON object each, without their ends. */
export function scoredLines(events: number): readonly Buffer[] {
  const { ndjson } = createScoredWorkload('flat', events);
  const lines: Buffer[] = [];
  for (let begin = 0; begin < ndjson.length; ) {
    const end = ndjson.indexOf(NEWLINE, begin);
    lines.push(ndjson.subarray(begin, end));
    begin = end + 1;
  }
  return lines;
}
