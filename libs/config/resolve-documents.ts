import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ResourceRecord } from '#libs/store/port.ts';
import { formatKeyPath } from './finding.ts';
import { deepFreeze } from './freeze.ts';
import { resolveResources } from './resolve/resolve-resources.ts';
import type { ResolvedResources } from './resolved.ts';
import { checkDocument } from './rules/check-document.ts';
import { type ConfigDocument, RESOURCE_SCHEMAS, type ResourceKind } from './schemas/document.ts';

/**
 * The resources that the store holds, as services use them: checked again, with every default
 * filled in, frozen. Records of other kinds are passed over.
 *
 * @throws PLB_CONFIG_INVALID when a stored document is not valid for this version, or refers to
 *   something that is not stored; a service then goes on with what it had.
 */
export function resolveDocuments(
  records: readonly Pick<ResourceRecord, 'kind' | 'namespace' | 'name' | 'document'>[],
): ResolvedResources {
  const all = [...groupByNamespace(records)].map(([namespace, document]) => {
    assertValid(namespace, document);
    return resolveResources(document, namespace);
  });
  return deepFreeze({
    streams: all.flatMap(({ streams }) => streams),
    baselines: all.flatMap(({ baselines }) => baselines),
    monitors: all.flatMap(({ monitors }) => monitors),
    channels: all.flatMap(({ channels }) => channels),
  });
}

/** One document per namespace in the shape of the file, so that the file's rules apply. */
function groupByNamespace(
  records: readonly Pick<ResourceRecord, 'kind' | 'namespace' | 'name' | 'document'>[],
): ReadonlyMap<string, Record<string, Record<string, unknown>>> {
  const namespaces = new Map<string, Record<string, Record<string, unknown>>>();
  for (const { kind, namespace, name, document } of records) {
    if (!isResourceKind(kind)) continue;
    const group = namespaces.get(namespace) ?? {};
    const key = `${kind}s`;
    const named = group[key] ?? {};
    Object.defineProperty(named, name, { value: document, enumerable: true });
    group[key] = named;
    namespaces.set(namespace, group);
  }
  return namespaces;
}

function isResourceKind(kind: string): kind is ResourceKind {
  return Object.hasOwn(RESOURCE_SCHEMAS, kind);
}

function assertValid(namespace: string, document: unknown): asserts document is ConfigDocument {
  const [first, ...others] = checkDocument(document);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more problems)`;
  const path = formatKeyPath(first.path);
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot use the stored configuration of namespace ${namespace}: ${path}: ${first.reason}${more}`,
    { path, ...(first.fix === undefined ? {} : { fix: first.fix }) },
  );
}
