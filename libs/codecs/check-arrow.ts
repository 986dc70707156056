import { checkArrowMetadata } from './arrow-metadata.ts';

/** Length that says: the real length follows. */
const CONTINUATION = -1;

/**
 * Checks that the messages of an Arrow IPC stream are whole, that no list in them is longer than
 * their bytes, and that none is compressed: so few bytes of an event could stand for very many.
 *
 * @throws RangeError where they are not.
 */
export function checkArrowStream(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let position = 0;
  while (position < bytes.length) {
    let length = view.getInt32(position, true);
    position += 4;
    if (length === CONTINUATION) {
      length = view.getInt32(position, true);
      position += 4;
    }
    if (length === 0) return;
    // The constructor checks the range.
    const { bodyLength, compressed } = checkArrowMetadata(
      new DataView(bytes.buffer, bytes.byteOffset + position, length),
    );
    position += length + bodyLength;
    if (position > bytes.length || compressed) {
      throw new RangeError('Cannot read an Arrow stream: its messages are not whole and plain');
    }
  }
}
