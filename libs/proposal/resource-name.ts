const LONGEST = 50;

/** A name for resources, made of a topic's or a file's: `Fraud_Scored v2` gives `fraud_scored-v2`. */
export function resourceName(text: string, fallback = 'events'): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return name === '' ? fallback : name;
}
