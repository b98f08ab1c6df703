import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a chromium on this machine, or undefined. The environment variable CHROMIUM names another one. */
export function findChromium() {
  return [process.env.CHROMIUM, ...CHROMIUM].find((path) => path && existsSync(path));
}

function isCommand(name) {
  return process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/**
 * Debian's packages that some tests need, and the tests that do without them do not run. Optional ones are used where
 * they are, and never installed.
 */
export const SYSTEM_PACKAGES = [
  {
    name: 'chromium',
    isInstalled: () => findChromium() !== undefined,
    tests: 'test/e2e/(portfolio|chat|react|sockjs-browser|two-nodes)',
  },
  {
    name: 'rabbitmq-server',
    isInstalled: () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server'),
    tests: 'rabbitmq|two-nodes|broker/relay/faults',
  },
  {
    name: 'activemq',
    isInstalled: () => existsSync('/usr/share/activemq/bin/activemq.jar'),
    tests: 'activemq',
  },
  {
    name: 'maven and a JDK',
    isInstalled: () => ['mvn', 'javac'].every(isCommand),
    isOptional: true,
    tests: 'spring-client',
  },
];
