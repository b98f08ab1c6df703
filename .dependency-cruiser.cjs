/** Which room may import which: the table of docs/architecture.md as rules. */
const ALLOWED = {
  exception: [],
  frame: ['exception'],
  destination: ['exception'],
  message: ['exception', 'frame', 'destination'],
  channel: ['exception', 'frame', 'message'],
  transport: ['exception', 'message'],
  session: ['exception', 'transport', 'frame', 'channel', 'message', 'destination'],
  broker: ['exception', 'frame', 'channel', 'message', 'destination'],
  user: ['exception', 'frame', 'channel', 'message', 'destination'],
  template: ['exception', 'frame', 'channel', 'message', 'destination'],
  security: ['exception', 'frame', 'channel', 'message', 'destination', 'transport'],
  handler: ['exception', 'frame', 'template', 'channel', 'message', 'destination'],
};
const rooms = Object.entries(ALLOWED).map(([room, may]) => ({
  name: `${room}-imports`,
  severity: 'error',
  comment: `${room} may import ${may.join(', ') || 'nothing of ours'}`,
  from: { path: `^lib/${room}/` },
  to: { path: '^lib/', pathNot: `^lib/(${[room, ...may].join('|')})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'rooms-by-their-index',
      severity: 'error',
      comment: "a room's index.ts exports what other rooms may use",
      from: { path: '^lib/([^/]+)/' },
      to: {
        path: '^lib/[^/]+/.+',
        pathNot: ['^lib/$1/', '^lib/[^/]+/index\\.ts$', '^lib/[^/]+/[^/]+/index\\.ts$'],
      },
    },
    ...rooms,
    {
      name: 'pure-rooms',
      severity: 'error',
      comment: 'frame and destination know no Nest, no RxJS, no ws',
      from: { path: '^lib/(frame|destination|exception)/' },
      to: { path: 'node_modules/(@nestjs|rxjs|ws)' },
    },
    {
      name: 'nobody-imports-inspect-or-testing',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(inspect|testing|index|stomp[.-])' },
      to: { path: '^lib/(inspect|testing)/' },
    },
    {
      name: 'ws-in-transport-only',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(transport|testing)/' },
      to: { path: 'node_modules/ws/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.build.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types'],
    },
  },
};
