import { mapAt, objection, type RawDocument, type Report, resourcesAt, textAt } from './raw.ts';

/** `transport`, `kafka` and what streams say about either. */
export function checkTransport(document: RawDocument, report: Report): void {
  const transport = textAt(document, 'transport');
  const hasKafka = Object.hasOwn(document, 'kafka');
  if (transport === 'kafka' && !hasKafka) {
    report(
      objection(['transport'], {
        reason: 'kafka needs a kafka block',
        fix: 'add kafka: { brokers: [host:9092] }',
      }),
    );
  }
  if (transport === 'embedded' && hasKafka) {
    report(
      objection(['transport'], {
        reason: 'must be kafka where a kafka block is given, got embedded',
        fix: 'remove either the kafka block or transport: embedded',
      }),
    );
  }
  if (hasKafka || transport === 'kafka') {
    for (const { value, path } of resourcesAt(document, 'streams')) {
      if (!Object.hasOwn(value, 'source')) continue;
      report({
        path: [...path, 'source'],
        target: 'key',
        reason: 'applies to the embedded transport only; Kafka topics have their own producers',
        fix: 'remove source, or the kafka block',
      });
    }
  }
  const kafka = mapAt(document, 'kafka');
  checkTls(mapAt(kafka, 'tls'), report);
  checkSasl(mapAt(kafka, 'sasl'), report);
}

function checkSasl(sasl: RawDocument, report: Report): void {
  if (textAt(sasl, 'mechanism') !== 'oauthbearer') return;
  const token = Object.hasOwn(sasl, 'token');
  if (token !== Object.hasOwn(sasl, 'token_endpoint')) return;
  report(
    objection(['kafka', 'sasl'], {
      reason: token
        ? 'must have either token or token_endpoint, got both'
        : 'must have token or token_endpoint beside mechanism: oauthbearer',
      fix: token ? 'remove one of them' : 'add token: { file: PATH }',
    }),
  );
}

function checkTls(tls: RawDocument, report: Report): void {
  const certificate = Object.hasOwn(tls, 'certificate_file');
  if (certificate === Object.hasOwn(tls, 'key_file')) return;
  const [given, missing] = certificate
    ? ['certificate_file', 'key_file']
    : ['key_file', 'certificate_file'];
  report(objection(['kafka', 'tls', given], { reason: `needs ${missing} beside it` }));
}
