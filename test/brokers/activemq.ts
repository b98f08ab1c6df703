import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerKind } from './real-broker.js';

const HOME = '/usr/share/activemq';

/** Debian's ActiveMQ with STOMP only, which keeps persistent messages over a crash; user and password are `guest`. */
export function activeMq(port = 27614): BrokerKind {
  return {
    name: 'activemq',
    port,
    lastPort: port,
    isInstalled: () => existsSync(join(HOME, 'bin/activemq.jar')) && existsSync('/usr/bin/java'),
    async prepare(folder) {
      const conf = join(folder, 'conf');
      const data = join(folder, 'data');
      for (const one of [conf, data]) await mkdir(one, { recursive: true });
      await writeFile(join(conf, 'activemq.xml'), config(port, data));
      await writeFile(join(conf, 'log4j.properties'), 'log4j.rootLogger=ERROR\n');
      const properties = { home: HOME, base: folder, conf, data, classpath: conf };
      const args = Object.entries(properties).map(([name, value]) => `-Dactivemq.${name}=${value}`);
      const main = [
        '-cp',
        join(HOME, 'bin/activemq.jar'),
        'org.apache.activemq.console.Main',
        'start',
      ];
      return {
        command: 'java',
        args: ['-Xmx256m', ...args, ...main, `xbean:file:${conf}/activemq.xml`],
        env: {},
      };
    },
    pid: (_folder, child) => Promise.resolve(child.pid!),
  };
}

function config(port: number, data: string): string {
  return `<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="stomp-test" useJmx="false"
          schedulerSupport="false" advisorySupport="false" dataDirectory="${data}">
    <plugins><simpleAuthenticationPlugin anonymousAccessAllowed="false"><users>
      <authenticationUser username="guest" password="guest" groups="users"/>
    </users></simpleAuthenticationPlugin></plugins>
    <persistenceAdapter><kahaDB directory="${data}/store" journalMaxFileLength="4mb"/></persistenceAdapter>
    <transportConnectors>
      <transportConnector name="stomp" uri="stomp://127.0.0.1:${port}?wireFormat.maxFrameSize=16777216"/>
    </transportConnectors>
  </broker>
</beans>
`;
}
