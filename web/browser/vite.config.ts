import { defineConfig } from 'vitest/config';
import { compress } from './build/compress.ts';
import { pictures } from './build/pictures.ts';
import { sprite } from './build/sprite.ts';

// The floor is where light-dark() begins; below it the style sheet would be rewritten.
const FLOOR = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

export default defineConfig({
  base: '/static/',
  publicDir: false,
  plugins: [
    sprite(new URL('icons.txt', import.meta.url)),
    pictures(new URL('pictures/', import.meta.url)),
    compress(),
  ],
  build: {
    target: 'es2022',
    cssTarget: FLOOR,
    outDir: '../static',
    emptyOutDir: true,
    manifest: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: { input: ['src/site.ts', 'src/prejoin.ts', 'src/room.ts', 'src/passkey.ts'] },
  },
  // One document for all files: a new one for each costs forty times what the tests themselves do.
  test: { environment: 'happy-dom', isolate: false, include: ['src/**/*.test.ts'] },
});
