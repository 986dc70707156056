import { describeExpectation, type SchemaNode, toSchemaNode } from '#libs/config/describe.ts';
import { BaselineSchema } from '#libs/config/schemas/baseline.ts';
import { ChannelSchema } from '#libs/config/schemas/channel.ts';
import { DocumentSchema } from '#libs/config/schemas/document.ts';
import { KafkaSchema } from '#libs/config/schemas/kafka.ts';
import { MonitorSchema } from '#libs/config/schemas/monitor.ts';
import { ServerSchema } from '#libs/config/schemas/server.ts';
import { StreamSchema } from '#libs/config/schemas/stream.ts';

interface Section {
  readonly title: string;
  readonly schema: SchemaNode;
  /** Keys that have a table of their own elsewhere. */
  readonly elsewhere?: readonly string[];
  /** Whether the keys inside of a value have no rows: the page describes them once for all. */
  readonly flat?: boolean;
}

/** What values of a kind are called in the tables; the page says once how they are written. */
const KINDS: Readonly<Record<string, string>> = {
  duration: 'duration',
  json_path: 'JSON path',
  time: 'time',
  file: 'path',
  url: 'address',
  secret: 'secret',
};

/** Every block of the configuration with its keys, from the schemas that also validate it. */
export function configurationReference(): string {
  const baseline = toSchemaNode(BaselineSchema);
  const monitor = toSchemaNode(MonitorSchema);
  const channels = toSchemaNode(ChannelSchema).anyOf ?? [];
  const detectors = member(monitor, 'sequential').properties?.ks?.anyOf ?? [];
  const sections: readonly Section[] = [
    {
      title: 'Top level',
      schema: toSchemaNode(DocumentSchema),
      elsewhere: ['server', 'kafka', 'streams', 'baselines', 'monitors', 'channels'],
    },
    { title: '`server`', schema: toSchemaNode(ServerSchema) },
    { title: '`streams.NAME`', schema: toSchemaNode(StreamSchema) },
    { title: '`baselines.NAME`', schema: baseline, elsewhere: ['fields', 'derive'] },
    {
      title: '`monitors.NAME`',
      schema: monitor,
      elsewhere: ['derive', 'thresholds', 'sequential'],
    },
    { title: '`fields.FIELD`, of a baseline or a monitor', schema: member(baseline, 'fields') },
    { title: '`derive.FIELD`, of a baseline or a monitor', schema: member(baseline, 'derive') },
    {
      title: '`monitors.NAME.thresholds.FIELD`',
      schema: member(monitor, 'thresholds'),
      flat: true,
    },
    ...detectors.map((schema) => ({
      title: `\`monitors.NAME.sequential.FIELD.STATISTIC\` with \`detector: ${String(schema.properties?.detector?.const)}\``,
      schema,
    })),
    { title: '`kafka`', schema: toSchemaNode(KafkaSchema) },
    ...channels.map((schema) => ({
      title: `\`channels.NAME\` with \`type: ${String(schema.properties?.type?.const)}\``,
      schema,
    })),
  ];
  return sections.map(renderSection).join('\n\n');
}

/** The schema of one entry of a map by name. */
function member(schema: SchemaNode, key: string): SchemaNode {
  const [entry] = Object.values(schema.properties?.[key]?.patternProperties ?? {});
  if (entry === undefined) throw new TypeError(`${key} is no map by name`);
  return entry;
}

function renderSection({ title, schema, elsewhere = [], flat = false }: Section): string {
  const rows = rowsOf(schema, { prefix: '', flat, elsewhere });
  return [
    `### ${title}`,
    '',
    '| key | value | default | meaning |',
    '|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
  ].join('\n');
}

interface RowOptions {
  readonly prefix: string;
  readonly flat: boolean;
  readonly elsewhere: readonly string[];
}

function rowsOf(schema: SchemaNode, { prefix, flat, elsewhere }: RowOptions): string[][] {
  const required = schema.required ?? [];
  const entries = Object.entries(schema.properties ?? {});
  return entries.flatMap(([name, node]): string[][] => {
    if (elsewhere.includes(name)) return [];
    const key = `${prefix}${name}`;
    const own = [
      `\`${key}\``,
      valueWords(node),
      standard(node, required.includes(name)),
      meaning(node),
    ];
    const inner = flat ? [] : innerOf(node);
    const options = { prefix: `${key}.`, flat, elsewhere: [] };
    return [own, ...inner.flatMap((map) => rowsOf(map, options))];
  });
}

/** Maps inside a value whose keys are worth a row: not those of a secret's reference. */
function innerOf(node: SchemaNode): readonly SchemaNode[] {
  if (node['x-kind'] === 'secret' || node['x-expects']?.startsWith('a JSON path')) return [];
  return [node, ...(node.anyOf ?? [])].filter(({ properties }) => properties !== undefined);
}

function valueWords(node: SchemaNode): string {
  const expectation = describeExpectation(node);
  if (expectation.startsWith('a name of')) return 'name';
  return KINDS[node['x-kind'] ?? ''] ?? expectation.replace(/^an? (?=text|list|number)/, '');
}

function standard({ default: value }: SchemaNode, required: boolean): string {
  if (value !== undefined)
    return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
  return required ? '**required**' : '–';
}

/** Every key is described; validation has no use for that. */
interface Described extends SchemaNode {
  readonly description?: string;
}

function meaning({ description = '', examples = [], default: value }: Described): string {
  const [first] = examples;
  const shown = (typeof first === 'string' || typeof first === 'number') && first !== value;
  return shown ? `${description} For example \`${first}\`.` : description;
}
