import { readFileSync, readdirSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Gives every file of the folder a hashed name; templates find it in the manifest by its own. */
export function pictures(folder: URL): Plugin {
  return {
    name: 'minuta-pictures',
    apply: 'build',
    buildStart() {
      if (this.meta.watchMode) return;
      for (const name of readdirSync(folder)) {
        const source = readFileSync(new URL(name, folder));
        this.emitFile({ type: 'asset', name, originalFileName: name, source });
      }
    },
  };
}
