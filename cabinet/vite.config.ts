import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { type DocumentNode, print, stripIgnoredCharacters } from 'graphql';
import { defineConfig, type Plugin } from 'vite';

const backend = process.env.SKVOZ_BACKEND ?? 'http://localhost:8080';
const proxied = Object.fromEntries(
  ['/graphql', '/cs', '/vc', '/api', '/static', '/export', '/recordings'].map((path) => [
    path,
    { target: backend, ws: path === '/graphql' },
  ]),
);

/** Ships GraphQL documents as text, a quarter of their syntax trees' size; urql takes either. */
const textDocuments: Plugin = {
  name: 'skvoz-text-documents',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/graphql/generated/graphql.ts')) {
      return undefined;
    }
    const asText = (_: string, name: string, tree: string) => {
      const text = stripIgnoredCharacters(print(JSON.parse(tree) as DocumentNode));
      return `export const ${name} = ${JSON.stringify(text)} as unknown as `;
    };
    return code.replace(/^export const (\w+) = (\{"kind":"Document".*\}) as unknown as /gm, asText);
  },
};

export default defineConfig({
  plugins: [textDocuments, react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { port: 5173, proxy: proxied },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Data URIs are forbidden by the server's content security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The chart library is that large and is fetched with the first chart only.
    chunkSizeWarningLimit: 620,
  },
});
