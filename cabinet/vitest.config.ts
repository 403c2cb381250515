import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { '@': fileURLToPath(new URL('./src', import.meta.url)) };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', environment: 'node', include: ['src/**/*.test.ts'] },
      },
      {
        resolve: {
          alias: [
            { find: '@', replacement: alias['@'] },
            // One copy of the library for the tests and for the tools they load.
            {
              find: /^graphql$/,
              replacement: fileURLToPath(new URL('./node_modules/graphql/index.js', import.meta.url)),
            },
          ],
        },
        test: {
          name: 'browser',
          environment: 'node',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
