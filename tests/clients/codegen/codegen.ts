import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../../schema.graphql',
  documents: ['../documents/*.graphql'],
  importExtension: '.js',
  generates: {
    './src/generated/': {
      preset: 'client',
      config: {
        // A scalar without a line below is an error, not an `any`.
        strictScalars: true,
        defaultScalarType: 'never',
        scalars: {
          CurrencyCode: 'string',
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          JSON: 'unknown',
          LocalTime: 'string',
          Markdown: 'string',
          TimeZone: 'string',
          Url: 'string',
        },
        // New values may be added to enums: a client must be able to meet one that it does not know.
        enumsAsTypes: true,
        futureProofEnums: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
