/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Tests wait for conditions, never for a time; this one ends those that wait in vain on a busy machine.
  testTimeout: 20_000,
  // Native-ESM Jest keeps about 8 MB per spec file on Node 20; the limit acts on workers only, and
  // two cores default to one worker, which runs in band.
  maxWorkers: 2,
  workerIdleMemoryLimit: '400MB',
  roots: ['<rootDir>/lib', '<rootDir>/test', '<rootDir>/sample'],
  testRegex: String.raw`\.(spec|e2e-spec)\.ts$`,
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^nestjs-stomp$': '<rootDir>/lib/index.ts',
    '^nestjs-stomp/(terminus|prometheus|opentelemetry)$': '<rootDir>/lib/inspect/$1/index.ts',
    '^nestjs-stomp/testing$': '<rootDir>/lib/testing/index.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
          },
        },
      },
    ],
  },
  collectCoverageFrom: ['lib/**/*.ts', '!lib/**/index.ts'],
  coverageProvider: 'babel',
};
