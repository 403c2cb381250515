import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const backend = process.env.SKVOZ_BACKEND ?? 'http://localhost:8080';
const proxied = Object.fromEntries(
  ['/graphql', '/cs', '/vc', '/api', '/static'].map((path) => [
    path,
    { target: backend, ws: path === '/graphql' },
  ]),
);

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { port: 5173, proxy: proxied },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Data URIs are forbidden by the server's content security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
});
