import { describeValue } from '../describe.ts';
import { objection, type RawDocument, type Report, resourcesAt, textAt } from './raw.ts';

export function checkStreams(document: RawDocument, report: Report): void {
  for (const { value, path } of resourcesAt(document, 'streams')) {
    const topics: readonly unknown[] = Array.isArray(value.topics) ? value.topics : [];
    const deadLetter = textAt(value, 'dead_letter');
    if (deadLetter !== undefined && topics.includes(deadLetter)) {
      report(
        objection([...path, 'dead_letter'], {
          reason: `must be another topic than those of the stream, got ${describeValue(deadLetter)}`,
          fix: `for example ${deadLetter}.bad`,
        }),
      );
    }
    if (value.codec === 'arrow' && Object.hasOwn(value, 'sampling')) {
      report({
        path: [...path, 'sampling'],
        target: 'key',
        reason: 'needs a codec with one event a record: a sample chooses records, not rows',
        fix: 'leave out sampling, or use the codec json',
      });
    }
    if (value.codec === 'arrow' && Object.hasOwn(value, 'source')) {
      report({
        path: [...path, 'source'],
        target: 'key',
        reason: 'needs the codec json: the lines of the file are the events',
        fix: 'leave out codec, or source',
      });
    }
    if (Object.hasOwn(value, 'source') && topics.length > 1) {
      report({
        path: [...path, 'source'],
        target: 'key',
        reason: `needs a stream of one topic, got ${topics.length}`,
        fix: 'make a stream for each topic',
      });
    }
  }
}
