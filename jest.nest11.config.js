import base from './jest.config.js';

/**
 * The specs of what touches Nest most, on Nest 11. All else (RxJS, reflect-metadata) is found above test/nest-11,
 * so that both sides share one instance.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testRegex: String.raw`/test/(handler|nest)/.*\.spec\.ts$`,
  moduleNameMapper: {
    ...base.moduleNameMapper,
    '^@nestjs/(.*)$': '<rootDir>/test/nest-11/node_modules/@nestjs/$1',
  },
};
