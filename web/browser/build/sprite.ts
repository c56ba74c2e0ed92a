import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const NAME = /^[a-z0-9-]+$/;

/** One symbol per icon, without the attributes that the `.icon` class already gives. */
function symbol(name: string, svg: string): string {
  const body = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, '')}</symbol>`;
}

/** Puts the Lucide icons listed in `icons.txt` into one hashed file, `icons-*.svg`. */
export function sprite(list: URL): Plugin {
  return {
    name: 'minuta-sprite',
    apply: 'build',
    generateBundle() {
      const names = readFileSync(list, 'utf8').split('\n').filter(Boolean);
      const symbols = names.map((name) => {
        if (!NAME.test(name)) this.error(`icons.txt: not an icon name: ${name}`);
        const file = new URL(`../node_modules/lucide-static/icons/${name}.svg`, import.meta.url);
        return symbol(name, readFileSync(file, 'utf8'));
      });
      this.emitFile({
        type: 'asset',
        name: 'icons.svg',
        originalFileName: 'icons.svg',
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`,
      });
    },
  };
}
