import { loadFile } from './load-file.ts';
import { type ConfigOutcome, parseConfig } from './parse-config.ts';

/**
 * Reads a configuration file; relative paths in it start from its own folder.
 *
 * @throws PLB_FILE_NOT_FOUND when it cannot be read, PLB_CONFIG_INVALID with every problem of it.
 */
export async function loadConfigFile(
  path: string,
): Promise<Extract<ConfigOutcome, { readonly ok: true }>> {
  return loadFile(path, (bytes) => parseConfig(bytes, { source: path }));
}
