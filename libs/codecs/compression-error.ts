/** Compressed bytes that cannot be read; whoever knows their place wraps it. */
export class CompressionError extends Error {}
