import type {
  InjectionToken,
  ModuleMetadata,
  OptionalFactoryDependency,
  Type,
} from '@nestjs/common';
import type { MessageBroker } from './broker/index.js';
import type { ChannelInterceptor, StompEventEmitter } from './channel/index.js';
import type {
  HandlerMethodArgumentResolver,
  HandlerMethodReturnValueHandler,
  HandlerOptions,
} from './handler/index.js';
import type { InspectionOptions } from './inspect/index.js';
import type { MessageConverter } from './message/index.js';
import type { SecurityOptions } from './security/index.js';
import type {
  Authenticate,
  SessionOptions,
  ShutdownOptions,
  StompSubProtocolErrorHandler,
} from './session/index.js';
import type { EndpointOptions, HandshakeInterceptor, TransportOptions } from './transport/index.js';
import type { UserDestinationResolver } from './user/index.js';

/**
 * An instance, or a class that Nest resolves: a provider of the application, else one made for the purpose.
 *
 * @publicApi
 */
export type Resolvable<T> = T | Type<T>;

/**
 * An endpoint whose interceptors may be classes.
 *
 * @publicApi
 */
export interface StompEndpoint extends Omit<EndpointOptions, 'handshakeInterceptors'> {
  /** Run in order before the origin is checked; their `afterHandshake` in reverse. @default [] */
  handshakeInterceptors?: readonly Resolvable<HandshakeInterceptor>[];
}

/**
 * Options of one channel.
 *
 * @publicApi
 */
export interface ChannelOptions {
  /** In this order, behind the ones for authentication and authorization. @default [] */
  interceptors?: readonly Resolvable<ChannelInterceptor>[];
}

/**
 * Options of `StompModule.forRoot`: Spring's names where Spring has the option. Those of sessions, transports and
 * security stand beside these.
 *
 * @publicApi
 */
export interface StompModuleOptions
  extends
    StompModuleExtras,
    SessionOptions,
    TransportOptions,
    SecurityOptions,
    InspectionOptions,
    Omit<HandlerOptions, 'argumentResolvers' | 'returnValueHandlers' | 'trackMessageContext'> {
  /** Where clients connect: paths, or endpoints with their own rules. @default [] */
  endpoints?: readonly (string | StompEndpoint)[];
  /** Destinations below these go to annotated handlers; without any, all do. @default [] */
  applicationDestinationPrefixes?: string | readonly string[];
  /** Destinations below this are of one user: the client's own, or the one that is named. @default '/user/' */
  userDestinationPrefix?: string;
  /** Each with its prefixes. @default [simpleBroker()] for all destinations */
  brokers?: readonly MessageBroker[];
  /** Separator of patterns, in mappings and subscriptions. @default '/' */
  pathSeparator?: '/' | '.';
  /** Asked before the ones for text, octets and JSON. @default [] */
  messageConverters?: readonly Resolvable<MessageConverter>[];
  /** Whether the converters for text, octets and JSON are there too. @default true */
  defaultMessageConverters?: boolean;
  /** Interceptors of what clients say. */
  clientInboundChannel?: ChannelOptions;
  /** Interceptors of what goes to clients; with any, a message is one for every receiver. */
  clientOutboundChannel?: ChannelOptions;
  /** Interceptors of what the application sends to brokers. */
  brokerChannel?: ChannelOptions;
  /** Sees, and may change or suppress, every ERROR frame. */
  errorHandler?: Resolvable<StompSubProtocolErrorHandler>;
  /** Says who a client is by its CONNECT and handshake; runs before any other frame takes effect. */
  authenticate?: Authenticate;
  /** Finds the sessions behind a user destination. @default those of the user registry */
  userDestinationResolver?: Resolvable<UserDestinationResolver>;
  /**
   * Topic of a relay by which nodes pass on messages to users who are not on this node: `/topic/unresolved-user`. Clients
   * can neither send nor subscribe there. @default none: such messages are lost
   */
  userDestinationBroadcast?: string;
  /**
   * Topic of a relay by which nodes tell each other their users, for `SimpUserRegistry` and user destinations:
   * `/topic/simp-user-registry`. @default none: the registry knows the users of this node
   */
  userRegistryBroadcast?: string;
  /**
   * After how many milliseconds the other nodes forget the users of this one when it says nothing, as after a crash. It says
   * who is here at every change, and twice in this time. @default 20000
   */
  userRegistryExpiryMs?: number;
  /** Asked for handler arguments that no decorator or type explains. @default [] */
  argumentResolvers?: readonly Resolvable<HandlerMethodArgumentResolver>[];
  /** Asked before a returned value goes to its default destination. @default [] */
  returnValueHandlers?: readonly Resolvable<HandlerMethodReturnValueHandler>[];
  /**
   * Gets every event as `stomp.sessionConnected` and so on, for `@OnEvent` listeners: an emitter, or the class of one that the
   * application has, `EventEmitter2` of `@nestjs/event-emitter`. @default none
   */
  eventEmitter?: Resolvable<StompEventEmitter>;
  /** Milliseconds that frames may wait to leave together; 0 is the end of the turn of the event loop. @default 0 */
  flushDelayMs?: number;
  /** How sessions are told that the server goes: `closeCode`, `windowMs`, `deadlineMs`. */
  shutdown?: ShutdownOptions;
}

/**
 * What a module needs to know before its options are there.
 *
 * @publicApi
 */
export interface StompModuleExtras {
  /** Tells several instances in one application apart. @default 'default' */
  name?: string;
  /** Whether template and registry can be injected everywhere without importing the module. @default false */
  isGlobal?: boolean;
  /** Modules whose handlers belong to this instance, and no more to the one without a name. @default those with `@StompInstance(name)` */
  include?: readonly Type[];
}

/**
 * Makes the options; for `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface StompOptionsFactory {
  createStompOptions(): StompModuleOptions | Promise<StompModuleOptions>;
}

/**
 * Options of `StompModule.forRootAsync`.
 *
 * @publicApi
 */
export interface StompModuleAsyncOptions
  extends StompModuleExtras, Pick<ModuleMetadata, 'imports'> {
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  useFactory?: (...args: any[]) => StompModuleOptions | Promise<StompModuleOptions>;
  useClass?: Type<StompOptionsFactory>;
  useExisting?: Type<StompOptionsFactory>;
}
