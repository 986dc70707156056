/** One entry per coded error: HTTP status, whether trying again can help, and what it means. */
export const CATALOGUE = {
  PLB_BASELINE_EMPTY: {
    status: 422,
    retry: false,
    summary: 'A source of rows holds none that can be used.',
  },
  PLB_BASELINE_EXISTS: {
    status: 409,
    retry: false,
    summary: 'Another baseline already has this name and version with different content.',
  },
  PLB_BASELINE_FIELD: {
    status: 422,
    retry: false,
    summary: 'A monitored field is not part of the baseline.',
  },
  PLB_BASELINE_NOT_FOUND: {
    status: 404,
    retry: false,
    summary: 'No baseline has this name or version.',
  },
  PLB_CONFIG_INVALID: {
    status: 422,
    retry: false,
    summary:
      'A configuration document does not follow its schema or refers to something that does not exist.',
  },
  PLB_FEED_TOPIC: {
    status: 409,
    retry: false,
    summary: 'A source cannot be fed into a topic that another producer has written to.',
  },
  PLB_FILE_EXISTS: {
    status: 409,
    retry: false,
    summary: 'A file that would be written is there already.',
  },
  PLB_FILE_MALFORMED: {
    status: 422,
    retry: false,
    summary: 'A data file cannot be read as its format.',
  },
  PLB_FILE_NOT_FOUND: {
    status: 404,
    retry: false,
    summary: 'A file does not exist or cannot be opened.',
  },
  PLB_HOST_REFUSED: {
    status: 421,
    retry: false,
    summary: 'The request names a host that this server does not answer for.',
  },
  PLB_INTERNAL: {
    status: 500,
    retry: true,
    summary: 'A defect inside Plumbline; the log holds the details.',
  },
  PLB_KAFKA_FETCH: {
    status: 503,
    retry: true,
    summary: 'A local Kafka for tests and trials cannot be fetched from Maven Central.',
  },
  PLB_KAFKA_START: {
    status: 503,
    retry: true,
    summary: 'A local Kafka broker did not start; the message holds the end of its log.',
  },
  PLB_KAFKA_TOOLS: {
    status: 500,
    retry: false,
    summary: 'Java or Maven, on which a local Kafka depends, is missing or too old.',
  },
  PLB_LISTEN_HOST: {
    status: 403,
    retry: false,
    summary: 'The API would be reachable from other machines without authentication.',
  },
  PLB_LISTEN_PORT: {
    status: 409,
    retry: false,
    summary: 'The port is in use, not allowed or not a port.',
  },
  PLB_METHOD_NOT_ALLOWED: {
    status: 405,
    retry: false,
    summary: 'The address exists, but not for this method.',
  },
  PLB_NOT_FOUND: {
    status: 404,
    retry: false,
    summary: 'The address or the resource does not exist.',
  },
  PLB_NOT_READY: {
    status: 503,
    retry: true,
    summary: 'The service is up but cannot do its work yet; the checks say why.',
  },
  PLB_OVERLOADED: {
    status: 503,
    retry: true,
    summary: 'Too much work or too many clients at once.',
  },
  PLB_QUERY_INVALID: {
    status: 400,
    retry: false,
    summary: 'A query parameter or a cursor is not usable.',
  },
  PLB_REQUEST_INVALID: {
    status: 400,
    retry: false,
    summary: 'The request is not usable as HTTP.',
  },
  PLB_RUNTIME_UNSUPPORTED: {
    status: 500,
    retry: false,
    summary: 'The Node.js version is too old.',
  },
  PLB_SAMPLE_UNUSABLE: {
    status: 422,
    retry: false,
    summary: 'The sampled events do not tell how to watch their stream.',
  },
  PLB_SECRET_MISSING: {
    status: 503,
    retry: true,
    summary: 'A secret is not where the configuration says that it is.',
  },
  PLB_SEVERAL_PROCESSES: {
    status: 409,
    retry: false,
    summary: 'Several processes would share what only one process may have.',
  },
  PLB_STORE_CONFLICT: {
    status: 409,
    retry: true,
    summary: 'Another writer changed the same state first; the state is read again.',
  },
  PLB_STORE_FULL: {
    status: 507,
    retry: true,
    summary: 'The disk or the database has no space left.',
  },
  PLB_STORE_LOCKED: { status: 409, retry: false, summary: 'Another process owns the local store.' },
  PLB_STORE_UNAVAILABLE: {
    status: 503,
    retry: true,
    summary: 'The store is closed or cannot be opened, or its files or database cannot be used.',
  },
  PLB_STORE_VERSION: {
    status: 500,
    retry: false,
    summary: 'The store was written by a newer version of Plumbline.',
  },
  PLB_TRANSPORT_AUTHENTICATION: {
    status: 503,
    retry: true,
    summary: 'The brokers refuse the login.',
  },
  PLB_TRANSPORT_AUTHORIZATION: {
    status: 503,
    retry: true,
    summary: 'The brokers do not allow this user what was asked for.',
  },
  PLB_TRANSPORT_CLOSED: {
    status: 503,
    retry: true,
    summary: 'The transport is closed or closing.',
  },
  PLB_TRANSPORT_FENCED: {
    status: 409,
    retry: false,
    summary: 'A member that no longer owns a partition tried to commit for it.',
  },
  PLB_TRANSPORT_OFFSET: {
    status: 422,
    retry: false,
    summary: 'A position lies outside its partition.',
  },
  PLB_TRANSPORT_RECORD: {
    status: 422,
    retry: false,
    summary: 'A record cannot be appended: its timestamp, size or key does not fit the topic.',
  },
  PLB_TRANSPORT_TLS: {
    status: 503,
    retry: true,
    summary:
      'No encrypted connection to the brokers: a certificate is not accepted or not readable.',
  },
  PLB_TRANSPORT_TOPIC: {
    status: 404,
    retry: true,
    summary: 'A topic or partition does not exist.',
  },
  PLB_TRANSPORT_UNAVAILABLE: {
    status: 503,
    retry: true,
    summary: 'The transport cannot be reached, or this kind is not available.',
  },
  PLB_WIRE_MALFORMED: {
    status: 500,
    retry: false,
    summary: 'A stored profile or block is damaged.',
  },
  PLB_WIRE_MISMATCH: {
    status: 500,
    retry: false,
    summary: 'A stored profile or block belongs to another baseline or grid.',
  },
  PLB_WIRE_VERSION: {
    status: 500,
    retry: false,
    summary: 'A stored profile or block has an unknown format version.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; summary: string }>;

export type ErrorCode = keyof typeof CATALOGUE;
