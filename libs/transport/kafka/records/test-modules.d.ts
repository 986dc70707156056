// What only the tests use of packages without types.

declare module 'lz4js' {
  const lz4: { compress(bytes: Uint8Array): Uint8Array };
  export = lz4;
}

declare module 'snappyjs' {
  const snappy: { compress(bytes: Uint8Array): Uint8Array };
  export = snappy;
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  /** CRC-32C (Castagnoli), byte by byte. */
  function crc32C(bytes: Uint8Array): number;
  export = crc32C;
}
