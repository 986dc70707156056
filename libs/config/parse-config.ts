import { dirname, resolve } from 'node:path';
import type { ResourceRecord } from '#libs/store/port.ts';
import { isMap, toSchemaNode } from './describe.ts';
import { deepFreeze } from './freeze.ts';
import { locate } from './locate.ts';
import { normalise } from './normalise.ts';
import { parseYaml } from './parse-yaml.ts';
import { type Problem, toProblem } from './problem.ts';
import { resolveResources } from './resolve/resolve-resources.ts';
import { resolveStore } from './resolve/resolve-store.ts';
import { resolveTransport } from './resolve/resolve-transport.ts';
import { setting } from './resolve/setting.ts';
import type { ResolvedConfig } from './resolved.ts';
import { checkDocument } from './rules/check-document.ts';
import {
  type ConfigDocument,
  DocumentSchema,
  RESOURCE_SCHEMAS,
  type ResourceKind,
} from './schemas/document.ts';
import { ServerSchema } from './schemas/server.ts';

/** A resource of the file in the form in which the store keeps it. */
interface ResourceDocument extends Pick<ResourceRecord, 'namespace' | 'name' | 'document'> {
  readonly kind: ResourceKind;
}

export type ConfigOutcome =
  | {
      readonly ok: true;
      readonly config: ResolvedConfig;
      /** For `Store.replaceFileResources`. */
      readonly documents: readonly ResourceDocument[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Resources of a file belong to this namespace. */
const NAMESPACE = 'default';

/**
 * Reads and checks a whole configuration file. Either everything is right, or every problem is
 * told, in the order of the file: nothing of a bad configuration is handed on.
 *
 * @param input YAML text, or the bytes of a file (UTF-8).
 */
export function parseConfig(
  input: string | Uint8Array,
  options: {
    /** The file's own path: relative paths in it start from its folder. */
    readonly source: string;
  },
): ConfigOutcome {
  const yaml = parseYaml(input);
  if (!yaml.ok) return yaml;
  if (yaml.value === null || yaml.value === undefined) {
    return { ok: false, problems: [emptyFile()] };
  }
  const found = checkDocument(yaml.value);
  const problems = [
    ...yaml.duplicates,
    ...found.map((finding) => toProblem(finding, locate(finding, yaml))),
  ];
  if (problems.length > 0) {
    return {
      ok: false,
      problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
    };
  }
  const directory = dirname(resolve(options.source));
  const document = toDocument(yaml.value, directory);
  return {
    ok: true,
    config: deepFreeze(toConfig(document, directory)),
    documents: deepFreeze(toDocuments(document)),
  };
}

function emptyFile(): Problem {
  return {
    path: '',
    line: 1,
    column: 1,
    reason: 'must be a map with streams, baselines, monitors and channels, got an empty file',
    fix: 'begin with streams:',
  };
}

/** Only for a value in which nothing was found. */
function toDocument(value: unknown, directory: string): ConfigDocument {
  return normalise(toSchemaNode(DocumentSchema), { value, directory }) as ConfigDocument;
}

function toConfig(document: ConfigDocument, directory: string): ResolvedConfig {
  const server = document.server ?? {};
  return {
    instance: setting(DocumentSchema, { document, key: 'instance' }),
    dataDirectory: resolve(directory, setting(DocumentSchema, { document, key: 'data' })),
    server: {
      host: setting(ServerSchema, { document: server, key: 'host' }),
      port: setting(ServerSchema, { document: server, key: 'port' }),
    },
    transport: resolveTransport(document.kafka),
    store: resolveStore(document.store),
    ...resolveResources(document, NAMESPACE),
  };
}

function toDocuments(document: ConfigDocument): readonly ResourceDocument[] {
  const kinds = Object.keys(RESOURCE_SCHEMAS) as ResourceKind[];
  return kinds.flatMap((kind) => {
    const resources: unknown = document[`${kind}s`];
    if (!isMap(resources)) return [];
    return Object.entries(resources).map(([name, resource]) => ({
      kind,
      namespace: NAMESPACE,
      name,
      document: resource,
    }));
  });
}
