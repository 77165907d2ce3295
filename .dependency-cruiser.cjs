// The rules of the house (docs/architecture.md): ground, rooms, doors; imports flow one way.
const rooms = ['backend', 'timesheets', 'content', 'translation'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'A cycle means that two files are one concept, or that one depends on a detail of the other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'platform-knows-no-room',
      comment: 'The ground imports neither rooms nor doors nor the composition root.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(?!platform/)' },
    },
    ...rooms.map((room) => ({
      name: `${room}-imports-no-other-room`,
      comment: 'A room imports the platform and itself. What needs two rooms lives in src/flows.',
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/(?!platform/|${room}/)` },
    })),
    {
      name: 'domain-knows-no-door',
      comment: 'Domain code never imports a wire protocol.',
      severity: 'error',
      from: {
        path: '^src/(backend|timesheets|content|translation)/',
        pathNot: '^src/(backend/baasbox|timesheets/beebole|content/beefree|translation/beebox)/',
      },
      to: { path: '^src/(backend/baasbox|timesheets/beebole|content/beefree|translation/beebox)/' },
    },
    {
      name: 'domain-knows-no-http',
      comment: 'Only doors speak HTTP.',
      severity: 'error',
      from: {
        path: '^src/(backend|timesheets|content|translation)/',
        pathNot:
          '^src/(backend/baasbox|timesheets/beebole|content/beefree|translation/beebox)/|[.]test[.]ts$',
      },
      to: { path: '^(src/platform/http/|node_modules/fastify)' },
    },
    {
      name: 'tests-are-not-imported',
      comment: 'Production code never imports a test or its support.',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.]test[.]ts$' },
      to: { path: '(^test/|[.]test[.]ts$)' },
    },
    {
      name: 'no-dev-dependencies-in-production',
      comment: 'What src needs at run time is a production dependency.',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.]test[.]ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'Every import resolves.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
