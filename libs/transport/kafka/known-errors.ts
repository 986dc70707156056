import type { ErrorCode } from '#libs/errors/catalogue.ts';

/** An error in the words of an operator. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly fix?: string;
}

const CLOCK_FIX = 'renew the certificate, or set the clock of this machine right';
const TRUST_FIX = 'set kafka.tls.ca_file to the authority that signed the brokers’ certificates';
const NAME_FIX =
  'connect by a name that the certificate carries, or set kafka.tls.server_name to one';
export const CLIENT_CERTIFICATE_FIX =
  'set kafka.tls.certificate_file and key_file to a certificate that the brokers trust';
export const PROTOCOL_FIX =
  'check that the port is that of a TLS listener exactly when kafka.tls is set';
export const REACH_FIX =
  'check that the brokers run, and that this machine may reach them; it is tried again';
/** A listener of another kind hangs up without a word. */
export const HUNG_UP_FIX =
  'check that the port is that of a listener with the TLS and SASL of kafka.tls and kafka.sasl; it is tried again';

export const TLS: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  CERT_HAS_EXPIRED: ['its certificate has expired', CLOCK_FIX],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', CLOCK_FIX],
  ERR_TLS_CERT_ALTNAME_INVALID: ['its certificate is for another host name', NAME_FIX],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate is signed by an unknown authority', TRUST_FIX],
  UNABLE_TO_GET_ISSUER_CERT: ['its certificate is signed by an unknown authority', TRUST_FIX],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'its certificate is signed by an unknown authority',
    TRUST_FIX,
  ],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is signed by an unknown authority', TRUST_FIX],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is signed by itself', TRUST_FIX],
  CERT_SIGNATURE_FAILURE: ['its certificate is not signed by the trusted authority', TRUST_FIX],
  CERT_REVOKED: ['its certificate is revoked', CLOCK_FIX],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS', PROTOCOL_FIX],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['it does not speak TLS', PROTOCOL_FIX],
  EPROTO: ['it does not speak TLS', PROTOCOL_FIX],
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: [
    'the client’s key does not belong to its certificate',
    CLIENT_CERTIFICATE_FIX,
  ],
};

/** What a broker says when it ends the handshake, by the end of OpenSSL's name for it. */
export const ALERTS: readonly (readonly [end: RegExp, what: string])[] = [
  [
    /_ALERT_(BAD_CERTIFICATE|CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)$/,
    'it asks for a client certificate that it trusts',
  ],
  [/_ALERT_CERTIFICATE_EXPIRED$/, 'it refuses the client certificate, which has expired'],
  [
    /_ALERT_(CERTIFICATE_UNKNOWN|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED)$/,
    'it does not trust the client certificate, or that has expired',
  ],
];

export const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it has reset the connection',
  EPIPE: 'it has closed the connection',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};

export const PROTOCOL: Readonly<Record<string, Explanation>> = {
  UNKNOWN_TOPIC_OR_PARTITION: {
    code: 'PLB_TRANSPORT_TOPIC',
    what: 'the topic or partition does not exist',
  },
  INVALID_TOPIC_EXCEPTION: {
    code: 'PLB_TRANSPORT_TOPIC',
    what: 'this is no name of a topic, or one that the brokers keep for themselves',
  },
  TOPIC_AUTHORIZATION_FAILED: {
    code: 'PLB_TRANSPORT_AUTHORIZATION',
    what: 'this user may not do that with the topic',
    fix: 'grant it with kafka-acls --add --allow-principal User:NAME --operation OPERATION --topic TOPIC',
  },
  GROUP_AUTHORIZATION_FAILED: {
    code: 'PLB_TRANSPORT_AUTHORIZATION',
    what: 'this user may not use the consumer group',
    fix: 'grant it with kafka-acls --add --allow-principal User:NAME --operation Read --group GROUP',
  },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 'PLB_TRANSPORT_AUTHORIZATION',
    what: 'this user may not do that with the cluster',
    fix: 'grant it with kafka-acls --add --allow-principal User:NAME --operation OPERATION --cluster',
  },
  SASL_AUTHENTICATION_FAILED: {
    code: 'PLB_TRANSPORT_AUTHENTICATION',
    what: 'it refuses the login',
    fix: 'check kafka.sasl: the mechanism, the user name and where the secret comes from',
  },
  ILLEGAL_SASL_STATE: {
    code: 'PLB_TRANSPORT_AUTHENTICATION',
    what: 'it expects another kind of login',
    fix: 'check kafka.sasl.mechanism, and that the port is that of a SASL listener',
  },
  UNSUPPORTED_SASL_MECHANISM: {
    code: 'PLB_TRANSPORT_AUTHENTICATION',
    what: 'it does not know this mechanism',
    fix: 'set kafka.sasl.mechanism to one that the brokers have in sasl.enabled.mechanisms',
  },
  MESSAGE_TOO_LARGE: {
    code: 'PLB_TRANSPORT_RECORD',
    what: 'a record is larger than the topic allows',
    fix: 'raise max.message.bytes of the topic with kafka-configs --alter --entity-type topics',
  },
  RECORD_LIST_TOO_LARGE: {
    code: 'PLB_TRANSPORT_RECORD',
    what: 'a record is larger than a segment of the topic',
    fix: 'raise segment.bytes of the topic with kafka-configs --alter --entity-type topics',
  },
  INVALID_RECORD: {
    code: 'PLB_TRANSPORT_RECORD',
    what: 'the broker refuses a record; in a compacted topic every record needs a key',
  },
  INVALID_TIMESTAMP: {
    code: 'PLB_TRANSPORT_RECORD',
    what: 'the broker refuses the timestamp of a record',
    fix: 'see message.timestamp.before.max.ms and message.timestamp.after.max.ms of the topic',
  },
  NOT_ENOUGH_REPLICAS: {
    code: 'PLB_TRANSPORT_UNAVAILABLE',
    what: 'fewer replicas are in sync than min.insync.replicas asks for',
    fix: 'bring the missing brokers back; it is tried again',
  },
  UNSUPPORTED_VERSION: {
    code: 'PLB_TRANSPORT_UNAVAILABLE',
    what: 'it is too old for this client',
    fix: 'use brokers of Kafka 2.4 or later',
  },
  KAFKA_STORAGE_ERROR: {
    code: 'PLB_TRANSPORT_UNAVAILABLE',
    what: 'a disk of the broker fails or is full',
  },
};

/** Errors of the broker that pass by themselves, though kafkajs does not say so of all of them. */
export const PASSING = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'NOT_CONTROLLER',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'LISTENER_NOT_FOUND',
  'UNSTABLE_OFFSET_COMMIT',
  'ELIGIBLE_LEADERS_NOT_AVAILABLE',
  'CONCURRENT_TRANSACTIONS',
]);

/** Errors of a connection, by kafkajs's name. */
export const LOST = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSLockTimeout',
]);
