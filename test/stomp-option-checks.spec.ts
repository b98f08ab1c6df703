import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { forwardRef, Module } from '@nestjs/common';
import {
  authenticated,
  CompositeMessageConverter,
  denyAll,
  StompModule,
  StompSubProtocolErrorHandler,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { startNest } from './support/nest-application.js';

class Login {
  authenticate(): void {}
}

@Module({})
class FeatureModule {}

class Misspelled {
  presend(): void {}
}

const interceptors = [{ presend: () => null }];
const token = (): undefined => undefined;
const lateClass = 'as classes are that come from a module that imports this one';

/** What is wrong, and what the start says of it. */
const WRONG: [options: object, text: string][] = [
  [{ isGlobal: 'false' }, '"isGlobal" must be true or false, not \'false\''],
  [{ include: FeatureModule }, '"include" must be a list of modules, not [class FeatureModule]'],
  [
    { include: [undefined] },
    `"include" must be a list of modules, not [ undefined ], ${lateClass}`,
  ],
  [{ include: [forwardRef(() => FeatureModule)] }, '"include" must be a list of modules'],
  [{ messageConverters: {} }, '"messageConverters" must be a list of objects and classes'],
  [{ messageConverters: [{}] }, 'must be something with the methods fromMessage, toMessage'],
  [{ defaultMessageConverters: 'false' }, '"defaultMessageConverters" must be true or false'],
  [{ clientInboundChannel: 42 }, '"clientInboundChannel" must be an object like'],
  [
    { clientInboundChannel: { interceptors: Misspelled } },
    '"clientInboundChannel.interceptors" must be a list of objects and classes',
  ],
  [
    { brokerChannel: { interceptors: [undefined] } },
    `"brokerChannel.interceptors" must be a list of objects and classes, not [ undefined ], ${lateClass}`,
  ],
  [
    { clientInboundChannel: { interceptors } },
    '"clientInboundChannel.interceptors" must be something with one of the methods preSend, postSend,',
  ],
  [{ clientOutboundChannel: { interceptors: [Misspelled] } }, 'not [class Misspelled]'],
  [{ errorHandler: () => null }, '"errorHandler" must be an object or a class, not [Function'],
  [{ errorHandler: {} }, 'the methods handleClientMessageProcessingError, handleError'],
  [{ authenticate: new Login() }, '"authenticate" must be a function, which is called without new'],
  [{ authenticate: Login }, '"authenticate" must be a function, which is called without new'],
  [{ userDestinationResolver: {} }, '"userDestinationResolver" must be something with the methods'],
  [{ userDestinationBroadcast: 5 }, '"userDestinationBroadcast" must be a text, not 5'],
  [{ userRegistryExpiryMs: '5' }, '"userRegistryExpiryMs" must be a whole number above 0'],
  [{ argumentResolvers: [undefined] }, '"argumentResolvers" must be a list'],
  [{ returnValueHandlers: [{}] }, 'something with the methods supportsReturnValue, handleReturn'],
  [{ eventEmitter: {} }, '"eventEmitter" must be an emitter with a method emit, or the class'],
  [{ shutdown: 42 }, '"shutdown" must be an object like { windowMs: 5000 }, not 42'],
  [{ perMessageDeflate: [] }, '"perMessageDeflate" must be true, false or an object'],
  [{ perMessageDeflate: { treshold: 1 } }, 'perMessageDeflate has no option "treshold". It has th'],
  [{ messageRate: { perSecond: 1, brust: 2 } }, 'messageRate has no option "brust"'],
  [{ handshakeRate: { perSecond: 1, brust: 2 } }, 'handshakeRate has no option "brust"'],
  [{ authorization: {} }, '"authorization" must be a list of rules like [{ access: authentic'],
  [{ authorization: false }, '"authorization" must be a list of rules'],
  [{ authorization: [null] }, '"authorization" must be a list of rules'],
  [
    { outboundAuthorization: { destination: '/topic/**', access: denyAll } },
    '"outboundAuthorization" must be a list of rules',
  ],
  [{ onDenied: 'errorqueue' }, `"onDenied" must be 'error' or 'errorQueue', not 'errorqueue'`],
  [{ errorQueue: 5 }, '"errorQueue" must be a text, not 5'],
  [{ csrf: 'false' }, '"csrf" must be true, false or an object with its options'],
  [{ csrf: { headrName: 'X' } }, 'csrf has no option "headrName". It has headerName, token'],
  [{ csrf: { token: 'x' } }, '"csrf.token" must be a function'],
  [{ renewal: { destination: '/app/x', authenticate: Login } }, '"renewal" needs a destination'],
  [{ renewal: { destination: '/app/x', authenticate: token, x: 1 } }, 'renewal has no option "x"'],
  [{ onUnhandledError: 'queue' }, `must be 'log', 'errorQueue' or 'close', not 'queue'`],
  [{ replyHeaders: 'correlation-id' }, '"replyHeaders" must be a list of texts'],
  [{ directReplyPostProcessors: [{}] }, '"directReplyPostProcessors" must be a list of functions'],
  [{ startupChecks: 'error' }, `"startupChecks" must be 'warn', 'throw' or 'off', not 'error'`],
  [{ applyGlobalFilters: 'false' }, '"applyGlobalFilters" must be true or false'],
  [{ resolvePlaceholder: {} }, '"resolvePlaceholder" must be a function'],
];

/** The same for an endpoint. */
const WRONG_ENDPOINTS: [endpoint: object, text: string][] = [
  [{ path: '' }, "An endpoint needs a path, as in { path: '/stomp' }"],
  [{ sockJs: [] }, '"sockJs" must be true, false or an object with its options'],
  [
    { allowedOrigins: 'https://a' },
    `"allowedOrigins" must be a list like ['https://app.example.com']`,
  ],
  [{ allowedOriginPatterns: [/a/] }, '"allowedOriginPatterns" must be a list like'],
  [{ handshakeInterceptors: [undefined] }, '"handshakeInterceptors" must be a list of objects and'],
  [{ handshakeInterceptors: [{}] }, 'something with one of the methods beforeHandshake, after'],
  [{ authenticateHandshake: Login }, '"authenticateHandshake" must be a function'],
  [{ clientCertificate: 'CN' }, '"clientCertificate" must be true, false or a function'],
];

const start = async (stomp: ReturnType<typeof StompModule.forRoot>): Promise<void> => {
  const { app } = await startNest({ imports: [stomp] });
  await app.close();
};

describe('an application does not start', () => {
  it.each([
    ...WRONG.map(([options, text]) => [{ endpoints: ['/stomp'], ...options }, text] as const),
    ...WRONG_ENDPOINTS.map(
      ([endpoint, text]) => [{ endpoints: [{ path: '/stomp', ...endpoint }] }, text] as const,
    ),
  ])('with %p', async (options, text) => {
    await expect(start(StompModule.forRoot(options))).rejects.toMatchObject({
      code: expect.stringMatching(/^STOMP_ERR_(OPTION|ENDPOINT)$/),
      message: expect.stringContaining(text),
    });
  });

  it('when a factory gives what makes no sense, or isGlobal is none', async () => {
    const wrong = { authenticate: Login } as object;
    const late = StompModule.forRootAsync({ useFactory: () => wrong });
    await expect(start(late)).rejects.toThrow('Option "authenticate" must be a function');
    const isGlobal = 'false' as unknown as boolean;
    const unclear = StompModule.forRootAsync({ isGlobal, useFactory: () => ({}) });
    await expect(start(unclear)).rejects.toThrow('Option "isGlobal" must be true or false');
  });
});

it('takes objects and classes, rules and functions of all kinds', async () => {
  class Hears {
    readonly postSend = jest.fn<() => void>();
  }
  const options: StompModuleOptions = {
    endpoints: [{ path: '/stomp', handshakeInterceptors: [{ afterHandshake: () => undefined }] }],
    isGlobal: undefined,
    messageConverters: [CompositeMessageConverter.of()],
    clientInboundChannel: { interceptors: [Hears, { preSend: (message) => message }] },
    clientOutboundChannel: {},
    errorHandler: StompSubProtocolErrorHandler,
    authenticate: jest.fn<() => void>(),
    eventEmitter: new EventEmitter(),
    authorization: [{ access: authenticated }],
    outboundAuthorization: [],
    csrf: false,
    resolvePlaceholder: token,
  };
  await start(StompModule.forRoot(options));
});
