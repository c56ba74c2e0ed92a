import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(js|css|svg|json)$/;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

async function compressFile(path: string): Promise<void> {
  const body = await readFile(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  await writeFile(`${path}.br`, await brotli(body, { params }));
  await writeFile(`${path}.gz`, await zip(body, { level: 9 }));
}

/** Writes `.br` and `.gz` beside every built text file; aiohttp serves them by itself. */
export function compress(): Plugin {
  return {
    name: 'minuta-compress',
    apply: 'build',
    async writeBundle(options) {
      const root = options.dir;
      if (!root) return;
      const names = await readdir(root, { recursive: true });
      await Promise.all(
        names.filter((name) => TEXT.test(name)).map((name) => compressFile(join(root, name))),
      );
    },
  };
}
