import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../graph/schema/*.graphqls',
  documents: 'src/features/**/*.graphql',
  ignoreNoDocuments: false,
  generates: {
    './src/graphql/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        dedupeFragments: true,
        strictScalars: true,
        scalars: {
          Time: 'string',
          Date: 'string',
          Int64: 'number',
          ID: 'string',
          ReportRows: '@/features/reports/rows#ReportRows',
        },
      },
    },
  },
};

export default config;
