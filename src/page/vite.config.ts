import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/page/',
  publicDir: false,
  cacheDir: '../../node_modules/.cache/vite',
  // The hooks of src/client are written for React; Preact is the same to them, and a tenth of its size.
  resolve: {
    alias: {
      react: 'preact/compat',
      // What the package gives bundlers is compiled for browsers without classes, and twice as large.
      'tus-js-client': 'tus-js-client/lib/browser/index.js',
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsDir: '.',
    // The policy of the page allows no data: in its styles.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
})
