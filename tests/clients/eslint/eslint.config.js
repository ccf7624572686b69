// The schema and the shared documents, as graphql-eslint would have them. Every exception to its rules says why.
import graphql from '@graphql-eslint/eslint-plugin';

const documents = 'tests/clients/documents/*.graphql';
const linted = {
  languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: 'schema.graphql', documents } } },
  plugins: { '@graphql-eslint': graphql },
};

// Values that are told apart by what they hold, not by an id: nobody asks for one again, and a cache keeps them within what holds them.
// A new type without an id has to be added here, so that it is a decision.
const valuesWithoutId = `
  AudienceGroup CompetencyGroup ConsentWording CorrectedRegistration CourseChange CourseDay CourseMoveReach CourseWarning CreditOffer CreditPart CreditRequirement CreditType
  EnquiryConsent EvaluationStanding Explanation HumanCheckChallenge ImportedCourse InformationRequest LetterAccount LetterPreview Money NoticeTry
  PageInfo PlannedLetter Price Profession Quote QuoteLine RateLimit Refusal RefusalDetail RegistrationExport RegistrationImport
  RegistrationImportRow RegistrationWindow Rehearsal RehearsedLetter ReminderOffset ReminderReach ReminderRule Room Seats SeriesPart
  SeriesPlacement SeriesRun SessionFaculty SignedIn SignedOut Viewer
`.trim().split(/\s+/);

const naming = graphql.configs['flat/schema-recommended'].rules['@graphql-eslint/naming-convention'][1];
const objects = 'ObjectTypeDefinition,ObjectTypeExtension';

export default [
  {
    ...linted,
    files: ['schema.graphql'],
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // The server prints a description of one line between quotes and one of several between triple quotes; the rule wants one style for all.
      '@graphql-eslint/description-style': 'off',
      // A type of credit is what the field calls it; the word does not stand for "GraphQL type", which is what the rule is about.
      '@graphql-eslint/naming-convention': ['error', { ...naming, [objects]: { ...naming[objects], ignorePattern: '^CreditType$' } }],
      // Pages, their edges and payloads are made for one answer and have no identity either.
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: valuesWithoutId, suffixes: ['Connection', 'Edge', 'Payload'] } }],
      // async-graphql describes the pages that it makes itself with nothing, and some lists page forward alone.
      '@graphql-eslint/require-description': ['error', { rootField: true, InputObjectTypeDefinition: true, EnumTypeDefinition: true, ScalarTypeDefinition: true }],
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // Lists that are small by nature (the prices of a course, the days) are plain, and connections have `nodes` beside `edges`.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
    },
  },
  {
    ...linted,
    files: [documents],
    rules: { ...graphql.configs['flat/operations-recommended'].rules },
  },
];
