import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const NAME = /^[a-z0-9-]+$/;
const MODULE = 'virtual:icons';

/** One symbol per icon, without the attributes that the `.icon` class already gives. */
function symbol(name: string, svg: string): string {
  const body = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, '')}</symbol>`;
}

function drawing(list: URL): string {
  const names = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  const symbols = names.map((name) => {
    if (!NAME.test(name)) throw new Error(`icons.txt: not an icon name: ${name}`);
    const file = new URL(`../node_modules/lucide-static/icons/${name}.svg`, import.meta.url);
    return symbol(name, readFileSync(file, 'utf8'));
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

/**
 * Puts the Lucide icons listed in `icons.txt` into one hashed file, `icons-*.svg`. Scripts get its
 * address from `virtual:icons`, templates from the manifest.
 */
export function sprite(list: URL): Plugin {
  let file = '';
  let building = false;
  return {
    name: 'minuta-sprite',
    configResolved: ({ command }) => void (building = command === 'build'),
    buildStart() {
      if (!building || this.meta.watchMode) return;
      const source = drawing(list);
      const name = 'icons.svg';
      file = this.emitFile({ type: 'asset', name, originalFileName: name, source });
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) =>
      id === `\0${MODULE}` ? `export default import.meta.ROLLUP_FILE_URL_${file};` : null,
  };
}
